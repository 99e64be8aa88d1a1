/**
 * The state that the parts of a feed share about their server.
 *
 * @module
 */
import type { ServerEvent } from "./event.ts";
import type { FeedDeps, FeedOptions } from "./feed-options.ts";
import type { GivenFile } from "./given-file.ts";
import { notice } from "./notice.ts";
import { switchedOff, timelineName } from "./refusal.ts";
import { type Instance, readInstance, withSoftware } from "./rest/instance.ts";
import type { Rest } from "./rest/rest.ts";
import type { Timeline } from "./rest/timeline.ts";
import type { Rhythm } from "./stream/liveness.ts";

/** A server that a feed follows. */
export interface ServerContext {
  readonly options: FeedOptions;
  readonly deps: FeedDeps;
  /** Its name in messages. */
  readonly host: string;
  readonly rest: Rest;
  readonly timeline: Timeline;
  readonly memory: Pick<GivenFile, "given" | "begin">;
  readonly rhythm: Rhythm;
  /** Its last description of itself. */
  instance: Instance;
}

/** A server that has not described itself. */
export const UNKNOWN: Instance = {
  ...{ software: null, version: null, domain: null, streaming: null, access: null },
};

/**
 * Asks the server what it is, and whether it still shows the timeline.
 *
 * @throws {Failure} if it has switched the timeline off
 */
export async function* refreshInstance(
  context: ServerContext,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { rest, options, host, timeline } = context;
  const instance = await readInstance(rest, options.baseURL);
  if (instance !== null) {
    const { software } = context.instance;
    const before = context.instance;
    context.instance = software === null
      ? await withSoftware(instance, rest)
      : { ...instance, software };
    const { domain } = context.instance;
    if (domain !== before.domain || software !== before.software) {
      yield [{ kind: "identity", domain, software: context.instance.software }];
    }
  }
  const { access } = context.instance;
  if (access === null) return;
  const feeds = options.federated ? [access.local, access.remote] : [access.local];
  if (!feeds.includes("disabled")) return;
  if (feeds.every((feed) => feed === "disabled")) {
    // A token of the server's staff may still read it.
    const { statuses } = yield* timeline.read(null);
    if (statuses.length === 0) throw switchedOff(options);
  } else {
    const which = access.local === "disabled" ? "local" : "remote";
    yield [
      notice(
        "warning",
        `${host}: its ${timelineName(options)} comes without ${which} statuses, ` +
          `which the server has switched off`,
      ),
    ];
  }
}
