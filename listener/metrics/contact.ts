/**
 * Remembers when each server last showed a sign of life: a good answer, a frame or a ping. So a
 * quiet server counts as alive, but a server that does not answer does not.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { type FeedDeps, realWorld } from "../mastodon/feed-options.ts";

/** Remembers signs of life. */
export interface Contacts {
  /**
   * Wraps the effects of a server's feed to record its signs of life.
   *
   * @param deps the effects to wrap. Default: the real ones
   */
  of(baseURL: string, deps?: FeedDeps): FeedDeps;
  /**
   * The time of the last sign of life, in milliseconds since 1970; before the first one, the time
   * of the call of `of`; null for an unknown server.
   */
  last(baseURL: string): number | null;
}

/** Creates a memory without signs of life. */
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
