/**
 * A server without a network, for tests of a whole feed. The test controls its instance, its
 * timeline and its sockets.
 *
 * @module
 */
import type { FeedDeps, FeedOptions } from "../feed-options.ts";
import type { SocketEvents } from "../stream/socket.ts";
import { createFakeClock, type FakeClock } from "../../../common/testing/fake-clock.ts";
import { createTestTimeline, type Flaws, type Post, type TestTimeline } from "./timeline.ts";

/** The other end of a socket that the feed opened. */
export interface PlayedSocket extends SocketEvents {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  closedByUs: boolean;
  paused: boolean;
}

/** A server that a test controls. */
export interface World {
  readonly clock: FakeClock;
  readonly deps: FeedDeps;
  readonly timeline: TestTimeline;
  readonly sockets: PlayedSocket[];
  /** The requested URLs, without the host. */
  readonly asked: string[];
  /** The headers of all requests. */
  readonly sent: Record<string, string>[];
  instance: unknown;
  /** Returns an answer in place of the server, or undefined to let the server answer. */
  intercept: (path: string) => Response | undefined;
  /** The HTTP status that refuses sockets; null to let them open. */
  refuses: number | null;
  /** Adds posts to the timeline, and sends them to open sockets. */
  post(...posts: Post[]): void;
  /** Returns the options of a feed of this server. `more` overrides some of them. */
  options(more?: Partial<FeedOptions>): FeedOptions;
  readonly abort: AbortController;
}

/** Creates a server. Sockets open by themselves unless `opens` is false. */
export function createWorld(
  posts: readonly Post[] = [],
  { opens = true, ...flaws }: Flaws & { opens?: boolean } = {},
): World {
  const clock = createFakeClock({ running: true });
  const timeline = createTestTimeline(posts, flaws);
  const abort = new AbortController();
  const world: World = {
    clock,
    timeline,
    sockets: [],
    asked: [],
    sent: [],
    instance: { version: "4.5.3", source_url: "https://github.com/mastodon/mastodon" },
    intercept: () => undefined,
    refuses: null,
    abort,
    deps: {
      clock,
      random: () => 0,
      async fetch(url, { headers }) {
        await Promise.resolve();
        const { pathname, search, searchParams } = new URL(url);
        world.asked.push(pathname + search);
        world.sent.push(headers as Record<string, string>);
        const intercepted = world.intercept(pathname);
        if (intercepted) return intercepted;
        if (pathname === "/api/v2/instance") return Response.json(world.instance);
        const there = (id: string) => timeline.posts.find((post) => post.id === id);
        if (pathname === "/api/v1/statuses") {
          return Response.json(searchParams.getAll("id[]").map(there).filter(Boolean));
        }
        const status = there(pathname.replace("/api/v1/statuses/", ""));
        if (status) return Response.json(status);
        if (pathname.startsWith("/api/v1/statuses/")) {
          return Response.json({ error: "Record not found" }, { status: 404 });
        }
        if (pathname !== "/api/v1/timelines/public") return new Response("", { status: 404 });
        return Response.json(timeline.answer({
          limit: Number(searchParams.get("limit")),
          minId: searchParams.get("min_id"),
          maxId: searchParams.get("max_id"),
        }));
      },
      openSocket(url, headers, events) {
        const socket = { url, headers, closedByUs: false, paused: false, ...events };
        world.sockets.push(socket);
        const { refuses } = world;
        if (refuses !== null) {
          queueMicrotask(() => {
            events.refused(refuses, {});
            events.closed(1006, "");
          });
        } else if (opens) queueMicrotask(events.opened);
        return {
          pause: () => void (socket.paused = true),
          resume: () => void (socket.paused = false),
          close() {
            if (socket.closedByUs) return;
            socket.closedByUs = true;
            queueMicrotask(() => events.closed(1006, ""));
          },
        };
      },
    },
    post(...posts) {
      timeline.posts.push(...posts);
      for (const socket of world.sockets) {
        for (const post of posts) {
          socket.frame(JSON.stringify({ event: "update", payload: JSON.stringify(post) }));
        }
      }
    },
    options: (more) => ({
      baseURL: "https://bread.example",
      token: "s3cret",
      federated: false,
      contact: "https://example.org",
      signal: abort.signal,
      ...more,
    }),
  };
  return world;
}
