/**
 * Decides whether a connector works. The state of the connector itself does not show that: it stays
 * `RUNNING` even if all tasks have failed.
 *
 * @module
 */
import type { ConnectorStatus } from "./client.ts";

/** The health of a connector, which follows from its state and the states of its tasks. */
export type Health =
  | { readonly kind: "running"; readonly tasks: number }
  /**
   * Not all tasks run, but none has failed. For example, Connect is still starting them, somebody
   * has paused or stopped them, or Connect does not know the connector.
   */
  | { readonly kind: "waiting"; readonly reason: string }
  /** The connector or a task has failed. `reason` names it and the cause in one line. */
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Returns the health of a connector.
 *
 * @param status null if Connect does not know the connector
 *
 * @example
 * ```ts
 * import { healthOf } from "./tasks.ts";
 *
 * const trace = "org.example.ConnectException: Exiting\n\tat …\nCaused by: java.io.IOException: no zstd\n";
 * const health = healthOf("sink", {
 *   connector: { state: "RUNNING" },
 *   tasks: [{ id: 0, state: "FAILED", trace }],
 * });
 * if (health.kind !== "failed" || !health.reason.endsWith("no zstd")) throw new Error();
 * ```
 */
export function healthOf(name: string, status: ConnectorStatus | null): Health {
  if (status === null) {
    return { kind: "waiting", reason: `Kafka Connect knows no connector '${name}'` };
  }
  const { connector, tasks } = status;
  if (connector.state === "FAILED") {
    return { kind: "failed", reason: `connector '${name}' FAILED: ${causeOf(connector.trace)}` };
  }
  const failed = tasks.filter(({ state }) => state === "FAILED");
  if (failed.length > 0) {
    const more = failed.length > 1 ? ` (${failed.length} of ${tasks.length} tasks failed)` : "";
    const { id, trace } = failed[0]!;
    return { kind: "failed", reason: `task ${id} of '${name}' FAILED: ${causeOf(trace)}${more}` };
  }
  if (tasks.length > 0 && tasks.every(({ state }) => state === "RUNNING")) {
    return { kind: "running", tasks: tasks.length };
  }
  const states = tasks.map(({ id, state }) => `task ${id} ${state}`).join(", ") || "no tasks yet";
  return { kind: "waiting", reason: `connector '${name}' is ${connector.state}, ${states}` };
}

/**
 * Shortens a Java stack trace to one line with the exception and the innermost cause. The first
 * line alone says only that the task ends.
 */
export function causeOf(trace = ""): string {
  const lines = trace.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const thrown = lines[0] ?? "Connect gives no reason";
  const cause = lines.findLast((line) => line.startsWith("Caused by: "));
  return cause === undefined ? thrown : `${thrown} ${cause}`;
}
