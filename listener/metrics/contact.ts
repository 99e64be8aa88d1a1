/**
 * When a server was last heard of at all: a good answer, a frame, a ping. A
 * quiet server is alive; one that does not answer is away.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { type FeedDeps, realWorld } from "../mastodon/feed-options.ts";

/** Notes signs of life. */
export interface Contacts {
  /**
   * The world for the feed of one server: as it is, and noted.
   *
   * @param deps the world. Default: the real one
   */
  of(baseURL: string, deps?: FeedDeps): FeedDeps;
  /** When there was one last, milliseconds since 1970; before the first, since when it is watched. */
  last(baseURL: string): number | null;
}

/** Makes the record of when each server was last heard. It is empty at first. */
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
