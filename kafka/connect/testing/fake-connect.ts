/**
 * A fake Kafka Connect for tests: its REST API on a free port, one worker, and tasks that the test
 * controls.
 *
 * @module
 */

/** A connector of the fake Connect. */
interface Connector {
  config: Record<string, string>;
  state: string;
  tasks: { id: number; state: string; trace?: string }[];
}

/** A running fake Connect. */
export interface FakeConnect {
  readonly url: string;
  /** The requests, as `METHOD /path`, except those that read a status or the list of connectors. */
  readonly requests: readonly string[];
  readonly connectors: ReadonlyMap<string, Connector>;
  /**
   * From now on, answers with this HTTP status, except if a status or the list of connectors is
   * read; null for normal answers.
   */
  answer(status: number | null): void;
  /**
   * Restarts all tasks. From now on, tasks fail with this stack trace when they start; null lets
   * them run.
   */
  breakTasks(trace: string | null): void;
  close(): Promise<void>;
}

/**
 * Starts a fake Connect. `tasksEnd` is the number of times that the status of a stopped connector
 * still shows its tasks.
 */
export function startFakeConnect({ tasksEnd = 1 }: { tasksEnd?: number } = {}): FakeConnect {
  const connectors = new Map<string, Connector>();
  const requests: string[] = [];
  let forced: number | null = null, broken: string | null = null, ending = 0;

  const start = (connector: Connector) => {
    connector.state = "RUNNING";
    connector.tasks = Array.from(
      { length: Number(connector.config["tasks.max"] ?? 1) },
      (_, id) =>
        broken === null ? { id, state: "RUNNING" } : { id, state: "FAILED", trace: broken },
    );
  };
  const problem = (status: number, message: string) =>
    Response.json({ error_code: status, message }, { status });

  async function handle(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, root, name = "", rest = ""] = pathname.split("/").map(decodeURIComponent);
    const reading = rest === "status" || (request.method === "GET" && name === "");
    if (!reading) requests.push(`${request.method} ${pathname}`);
    if (forced !== null && !reading) {
      await request.body?.cancel();
      return problem(forced, "Cannot complete request because of a conflicting operation");
    }
    if (root !== "connectors") return problem(404, "HTTP 404 Not Found");
    if (name === "") {
      const status = ([name, { state, tasks }]: [string, Connector]) => [
        name,
        { status: { name, connector: { state, worker_id: "connect:8083" }, tasks } },
      ];
      return Response.json(
        searchParams.get("expand") === "status"
          ? Object.fromEntries([...connectors].map(status))
          : [...connectors.keys()],
      );
    }
    if (request.method === "PUT" && rest === "config") {
      const config = await request.json();
      const connector = { config: { name, ...config }, state: "RUNNING", tasks: [] };
      start(connector);
      connectors.set(name, connector);
      return Response.json({ name, config, tasks: [] }, { status: 201 });
    }
    await request.body?.cancel();
    const connector = connectors.get(name);
    if (connector === undefined) return problem(404, `No status found for connector ${name}`);
    switch (`${request.method} ${rest}`) {
      case "GET config":
        return Response.json(connector.config);
      case "GET status": {
        if (connector.state === "STOPPED" && ending-- <= 0) connector.tasks = [];
        const { state, tasks } = connector;
        return Response.json({ name, connector: { state, worker_id: "connect:8083" }, tasks });
      }
      case "POST restart":
        start(connector);
        return Response.json({}, { status: 202 });
      case "PUT stop":
        if (connector.state !== "STOPPED") ending = tasksEnd;
        connector.state = "STOPPED";
        return new Response(null, { status: 204 });
      case "PUT resume":
        start(connector);
        return new Response(null, { status: 202 });
      case "DELETE offsets":
        if (connector.state !== "STOPPED" || connector.tasks.length > 0) {
          return problem(
            400,
            "Connectors must be in the STOPPED state before their offsets can be modified.",
          );
        }
        return Response.json({
          message: "The offsets for this connector have been reset successfully",
        });
    }
    return problem(405, "HTTP 405 Method Not Allowed");
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    connectors,
    answer: (status) => forced = status,
    breakTasks(trace) {
      broken = trace;
      for (const connector of connectors.values()) start(connector);
    },
    close: () => server.shutdown(),
  };
}
