/**
 * Prometheus metrics of the listener, and its health.
 *
 * @see docs/metrics.md
 *
 * @module
 */
import { Registry } from "prom-client";
import { Failure } from "../../common/failure.ts";
import { type Contacts, createContacts } from "./contact.ts";
import { listenerMetrics, type Told } from "./families.ts";
import { createHealth } from "./health.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import type { KafkaState } from "../sinks/kafka.ts";
import type { Sink } from "../sinks/sink.ts";
import type { Totals } from "../report/totals.ts";

/** Options of {@linkcode createMetrics}. */
export interface MetricsOptions {
  readonly totals: Totals;
  readonly clock?: Pick<Clock, "now">;
  /**
   * A server is unhealthy after this many milliseconds without a sign of life, a sink after this
   * many without progress. Default: 10 minutes.
   */
  readonly patience?: number;
  /** Milliseconds for which a sink may collect records before it stores them. Default: 0. */
  readonly collecting?: number;
}

/** The metrics of a run. */
export interface Metrics extends Told {
  /** Records signs of life of the servers. */
  readonly contacts: Contacts;
  /** Answers a request for `/metrics` or `/healthz`. */
  answer(request: Request): Promise<Response>;
  /**
   * Serves metrics and health on an address until `close` is called.
   *
   * @param sinks the open sinks. If a sink reports why it cannot write, `/healthz` shows that
   * reason
   * @throws {Failure} if the address cannot be used
   */
  serve(
    address: { readonly hostname: string; readonly port: number },
    sinks?: readonly Sink[],
  ): { readonly url: string; close(): Promise<void> };
}

/** Creates the metrics of a run, without serving them yet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { totals, clock = systemClock, patience = 600_000, collecting = 0 } = options;
  const registry = new Registry();
  const contacts = createContacts(clock);
  let sinks: readonly Sink[] = [];
  const health = createHealth({
    ...{ totals, clock, patience, collecting },
    lastContact: contacts.last,
    sinkTrouble(name) {
      const sink = sinks.find((sink) => sink.name === name);
      return (sink as { state?: KafkaState } | undefined)?.state?.away?.reason ?? null;
    },
  });
  const { sent } = listenerMetrics(registry, {
    ...{ totals, clock },
    lastContact: contacts.last,
    stalledSince: health.stalledSince,
  });

  async function answer(request: Request): Promise<Response> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("GET, please\n", 405);
    }
    switch (new URL(request.url).pathname) {
      case "/metrics":
        return new Response(await registry.metrics(), {
          headers: { "content-type": registry.contentType },
        });
      case "/healthz": {
        const reasons = health.look();
        return reasons.length === 0
          ? text("well\n", 200)
          : text(`${reasons.map((reason) => `unhealthy: ${reason}`).join("\n")}\n`, 503);
      }
    }
    return text(
      "/metrics: Prometheus metrics; /healthz: 200 if all servers and sinks are well\n",
      404,
    );
  }

  return {
    contacts,
    sent,
    answer,
    serve({ hostname, port }, used = []) {
      sinks = used;
      let server;
      try {
        server = Deno.serve({ hostname, port, onListen() {} }, answer);
      } catch (cause) {
        const why = cause instanceof Deno.errors.AddrInUse
          ? "the port is in use"
          : (cause as Error).message;
        throw new Failure(`--metrics: cannot listen on ${hostname}:${port}: ${why}`, { cause });
      }
      const { shutdown, addr } = server;
      const at = addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname;
      return { url: `http://${at}:${addr.port}`, close: () => shutdown.call(server) };
    },
  };
}

function text(body: string, status: number): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
