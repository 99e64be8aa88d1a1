/**
 * The streams that a socket can subscribe to.
 *
 * @see https://docs.joinmastodon.org/methods/streaming/#streams
 * @module
 */
import type { Book } from "../../book.ts";
import { inScope, type Scope } from "../../timeline.ts";

/** The statuses that a stream sends. */
export interface Channel {
  scope: Scope;
  media: boolean;
}

/** The streams by name. Streams of a user's own account are accepted, but stay empty. */
export const CHANNELS: Readonly<Record<string, Channel | null>> = {
  "public": { scope: "all", media: false },
  "public:local": { scope: "local", media: false },
  "public:remote": { scope: "remote", media: false },
  "public:media": { scope: "all", media: true },
  "public:local:media": { scope: "local", media: true },
  "public:remote:media": { scope: "remote", media: true },
  "user": null,
  "user:notification": null,
  "direct": null,
};

/** Returns true if a stream of a server sends a post. */
export function carries(
  { scope, media }: Channel,
  book: Book,
  server: number,
  post: number,
): boolean {
  return inScope(book, server, post, scope) && (!media || book.post(post).media > 0);
}
