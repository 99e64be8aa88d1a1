/**
 * A client of Kafka Connect's REST API, with the requests for registering, watching and replaying a
 * sink. It imports no package, so that a container can run it without downloading anything.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/** The status of a task of a connector. */
export interface TaskStatus {
  readonly id: number;
  /** The state: `RUNNING`, `FAILED`, `PAUSED`, `UNASSIGNED`, `RESTARTING`, … */
  readonly state: string;
  /** Java's stack trace, if the task has failed. */
  readonly trace?: string;
}

/** The status of a connector and of its tasks. */
export interface ConnectorStatus {
  /**
   * The state of the connector itself and, after a failure, its stack trace. The state stays
   * `RUNNING` even when all tasks have failed.
   */
  readonly connector: { readonly state: string; readonly trace?: string };
  readonly tasks: readonly TaskStatus[];
}

/** A connector's configuration. Every value is text. */
export type ConnectorConfig = Readonly<Record<string, string>>;

/**
 * Thrown if Connect does not answer, is starting or is rebalancing. Another attempt may succeed.
 */
export class ConnectUnavailable extends Error {
  override readonly name = "ConnectUnavailable";
}

/** Thrown for an answer of 4xx other than 409. It means that the request is wrong. */
export class ConnectRefused extends Failure {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/**
 * One Connect cluster. Every method throws {@linkcode ConnectUnavailable} if the cluster cannot
 * answer now, and {@linkcode ConnectRefused} if the cluster refuses the request.
 */
export interface Connect {
  /** Returns the configuration of a connector; null if Connect does not know the connector. */
  config(name: string): Promise<ConnectorConfig | null>;
  /** Creates a connector, or replaces its configuration. */
  configure(name: string, config: ConnectorConfig): Promise<void>;
  /** Returns the status of a connector; null if Connect does not know the connector. */
  status(name: string): Promise<ConnectorStatus | null>;
  /** Restarts the connector and its tasks, each only if it has failed. */
  restartFailed(name: string): Promise<void>;
  /** Ends the tasks and keeps the configuration. Connect answers before the tasks have ended. */
  stop(name: string): Promise<void>;
  /** Starts a stopped or paused connector. */
  resume(name: string): Promise<void>;
  /** Forgets how far a stopped connector has read. */
  deleteOffsets(name: string): Promise<void>;
}

/** The timeout of a request in milliseconds. Connect itself gives up after 90 s. */
const TIMEOUT = 95_000;

/**
 * Opens the REST API of a Connect cluster.
 *
 * @param url such as `http://localhost:8083`
 * @throws {Failure} with exit code 2 if the URL is not an http or https URL
 *
 * @example
 * ```ts
 * import { openConnect } from "./client.ts";
 *
 * const answer = { connector: { state: "RUNNING" }, tasks: [{ id: 0, state: "RUNNING" }] };
 * const connect = openConnect("http://localhost:8083", () => Promise.resolve(Response.json(answer)));
 * const status = await connect.status("mastodon-sink-s3");
 * if (status?.tasks[0]?.state !== "RUNNING") throw new Error();
 * ```
 */
export function openConnect(
  url: string,
  fetch: (url: string, init: RequestInit) => Promise<Response> = globalThis.fetch,
): Connect {
  const base = URL.parse(url);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new Failure(`--connect: expected an http:// or https:// URL, got '${url}'`, {
      exitCode: 2,
    });
  }
  const host = base.href.replace(/\/+$/, "");
  const path = (name: string, rest = "") => `/connectors/${encodeURIComponent(name)}${rest}`;

  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${host}${path}`, {
        method,
        signal: AbortSignal.timeout(TIMEOUT),
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new ConnectUnavailable(`Kafka Connect at ${host} does not answer`, { cause });
    }
    if (response.ok) return response;
    const text = await response.text();
    const said = `Kafka Connect at ${host} answers ${response.status}: ${messageOf(text)}`;
    // Connect answers 409 while the workers distribute the tasks, and 5xx while a worker starts.
    if (response.status === 409 || response.status >= 500) throw new ConnectUnavailable(said);
    throw new ConnectRefused(said, response.status);
  }
  const send = async (method: string, path: string, body?: unknown) =>
    void await (await ask(method, path, body)).body?.cancel();
  async function find<T>(path: string): Promise<T | null> {
    try {
      return await (await ask("GET", path)).json() as T;
    } catch (error) {
      if (error instanceof ConnectRefused && error.status === 404) return null;
      throw error;
    }
  }

  return {
    config: (name) => find(path(name, "/config")),
    configure: (name, config) => send("PUT", path(name, "/config"), config),
    status: (name) => find(path(name, "/status")),
    restartFailed: (name) => send("POST", path(name, "/restart?includeTasks=true&onlyFailed=true")),
    stop: (name) => send("PUT", path(name, "/stop")),
    resume: (name) => send("PUT", path(name, "/resume")),
    deleteOffsets: (name) => send("DELETE", path(name, "/offsets")),
  };
}

/**
 * Returns the reason from the body of an error answer, in one line of at most 400 characters: the
 * JSON field `message`, or the whole body if there is no such field.
 */
function messageOf(body: string): string {
  let text = body;
  try {
    text = String((JSON.parse(body) as { message?: unknown }).message ?? body);
  } catch {
    // The body is not JSON, such as the page of a proxy.
  }
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 400) || "no reason given";
}
