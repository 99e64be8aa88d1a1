/**
 * Remembers when each server last showed a sign of life: a good answer, an opened stream, a frame,
 * a ping or a pong. So a server that has nothing to send still counts as alive.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { type FeedDeps, realWorld } from "../mastodon/feed-options.ts";

/** Remembers signs of life. */
export interface Contacts {
  /**
   * Returns `deps` with a `fetch` and an `openSocket` that also record the signs of life of the
   * server.
   *
   * @param deps the access of the server's feed to the network and the clock. Default: the real
   * ones
   */
  of(baseURL: string, deps?: FeedDeps): FeedDeps;
  /**
   * Returns the time of the last sign of life, in milliseconds since 1970. Before the first sign,
   * this is the time at which `of` was called. Null if `of` was never called for this server.
   */
  last(baseURL: string): number | null;
}

/** Creates an empty record of signs of life. */
export function createContacts(clock: Pick<Clock, "now">): Contacts {
  const seen = new Map<string, number>();
  return {
    of(baseURL, deps = realWorld) {
      const sign = () => void seen.set(baseURL, clock.now());
      sign();
      return {
        ...deps,
        async fetch(url, init) {
          const response = await deps.fetch(url, init);
          if (response.ok) sign();
          return response;
        },
        openSocket: (url, headers, events) =>
          deps.openSocket(url, headers, {
            ...events,
            opened() {
              sign();
              events.opened();
            },
            frame(text) {
              sign();
              events.frame(text);
            },
            sign() {
              sign();
              events.sign();
            },
          }),
      };
    },
    last: (baseURL) => seen.get(baseURL) ?? null,
  };
}
