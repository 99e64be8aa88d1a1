/**
 * What all parts of a feed know about the server that they read.
 *
 * @module
 */
import type { ServerEvent } from "./event.ts";
import type { FeedDeps, FeedOptions } from "./feed-options.ts";
import type { GivenFile } from "./given-file.ts";
import { type Instance, readInstance, softwareText, withSoftware } from "./rest/instance.ts";
import type { Rest } from "./rest/rest.ts";
import type { Timeline } from "./rest/timeline.ts";
import type { Rhythm } from "./stream/liveness.ts";

/** A server that a feed follows. */
export interface ServerContext {
  readonly options: FeedOptions;
  readonly deps: FeedDeps;
  /** The server's name in messages. */
  readonly host: string;
  readonly rest: Rest;
  readonly timeline: Timeline;
  readonly memory: Pick<GivenFile, "given" | "begin">;
  readonly rhythm: Rhythm;
  /** The server's latest description of itself. */
  instance: Instance;
}

/** The description of a server that has not sent one. */
export const UNKNOWN: Instance = {
  ...{ software: null, version: null, domain: null, streaming: null, access: null },
};

/**
 * Requests the server's description of itself. Yields an event if its domain or software has
 * changed.
 */
export async function* refreshInstance(
  context: ServerContext,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { rest, options, instance: before } = context;
  const instance = await readInstance(rest, options.baseURL);
  if (instance === null) return;
  context.instance = before.software === null
    ? await withSoftware(instance, rest)
    : { ...instance, software: before.software };
  const { domain } = context.instance;
  const software = softwareText(context.instance);
  if (domain !== before.domain || software !== softwareText(before)) {
    yield [{ kind: "identity", domain, software }];
  }
}
