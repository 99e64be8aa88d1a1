/**
 * The demo's federation: the simulator in a separate process.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { startChild } from "./child.ts";

/** A server of the federation. */
export interface DemoServer {
  readonly baseURL: string;
  readonly domain: string;
  readonly token: string;
}

/** The federation while it runs. */
export interface Federation extends AsyncDisposable {
  readonly servers: readonly DemoServer[];
  /** The number of statuses at the start, including those of servers outside the federation. */
  readonly history: number;
  /** Sets the number of new statuses per second on all servers together. */
  rate(statuses: number): Promise<void>;
  /** Cuts the connections of a server, and lets its accounts post `count` statuses meanwhile. */
  cut(server: DemoServer, count: number): Promise<void>;
  /** Counts the statuses of each server. The keys of the map are base URLs. */
  published(): Promise<ReadonlyMap<string, Published>>;
}

/** The counts of statuses of one server. */
export interface Published {
  /** The number of statuses of the server's own accounts that were published and not deleted. */
  readonly there: number;
  /**
   * The number of deleted statuses that this server had: statuses of its own accounts, and its
   * copies of statuses of other servers.
   */
  readonly deleted: number;
}

/**
 * The maximum number of requests in five minutes that a server of the demo allows for each token or
 * IP address. A real server allows 300.
 */
export const RATE_LIMIT = 3_000;

const SIMULATOR = new URL("../simulator/main.ts", import.meta.url).href;

async function answer(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { ...init, signal });
  if (response.ok) return response;
  throw new Failure(`the simulator answers ${response.status} at ${url}: ${await response.text()}`);
}

/**
 * Starts three servers with a week of history and `rate` new statuses per second on all of them
 * together.
 */
export async function startFederation(rate: number, signal: AbortSignal): Promise<Federation> {
  const ready = Promise.withResolvers<DemoServer[]>();
  const child = startChild({
    name: "the simulator",
    args: [
      SIMULATOR,
      ...["--servers", "3", "--port", "0", "--history", "7d"],
      ...["--rate", String(rate), "--rate-limit", String(RATE_LIMIT)],
    ],
    stdout: (line) => ready.resolve(JSON.parse(line).servers),
  });
  const stop = () => ready.reject(signal.reason);
  signal.addEventListener("abort", stop);
  child.ended.then(() => child.stop()).then(
    () => ready.reject(new Failure("the simulator ended by itself")),
    ready.reject,
  );
  try {
    const servers = await ready.promise;
    const [{ baseURL }] = servers as [DemoServer];
    const post = async (path: string, body: unknown, server = baseURL) => {
      const init = { method: "POST", body: JSON.stringify(body) };
      await (await answer(`${server}/admin/${path}`, init, signal)).body?.cancel();
    };
    const { history } = await (await answer(`${baseURL}/admin/stats`, {}, signal)).json();
    return {
      servers,
      history,
      rate: (statuses) => post("rate", { rate: statuses }),
      async cut(server, count) {
        await post("faults", { kind: "reset" }, server.baseURL);
        await post("publish", { count, own: true }, server.baseURL);
      },
      async published() {
        const list = async <T>(path: string) => {
          const lines = await (await answer(`${baseURL}/admin/${path}`, {}, signal)).text();
          return lines.split("\n").filter((line) => line !== "").map((line) =>
            JSON.parse(line) as T
          );
        };
        const there = await list<{ home: string | null }>("truth");
        const deleted = await list<{ ids: Record<string, string> }>("deleted");
        return new Map(servers.map(({ baseURL: url }) => [url, {
          there: there.filter(({ home }) => home === url).length,
          deleted: deleted.filter(({ ids }) => url in ids).length,
        }]));
      },
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
