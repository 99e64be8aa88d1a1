/**
 * A server that edits and deletes its copies of other servers' posts.
 *
 * @module
 */
import type { Book } from "../book.ts";
import type { OfKind } from "../faults/fault.ts";
import type { RunningServer } from "../server/server.ts";

/** Returns a server's newest copies of other servers' posts, at most `count`. */
function copies(book: Book, server: number, count: number): number[] {
  const { ledger, world } = book;
  const timeline = ledger.timelines[server]!;
  const found: number[] = [];
  for (let at = timeline.length - 1; at >= 0 && found.length < count; at--) {
    const post = timeline.post(at);
    const own = world.accounts.all[ledger.author(post)]!.home === server;
    if (!own && !ledger.gone(post) && book.id(server, post) !== undefined) found.push(post);
  }
  return found;
}

/**
 * Edits or deletes the server's newest copies of other servers' posts, and sends the edits or
 * deletes to the server's streams.
 */
export function forge(
  book: Book,
  { index, streaming }: RunningServer,
  fault: OfKind<"forged-edits"> | OfKind<"forged-deletes">,
): void {
  for (const post of copies(book, index, fault.count ?? 1)) {
    if (fault.kind === "forged-edits") {
      const before = book.altered[index]!.get(post) ?? [];
      book.altered[index]!.set(post, [...before, fault]);
      streaming.send("status.update", post);
    } else {
      streaming.sendDelete(post, book.id(index, post)!);
      book.hidden[index]!.add(post);
    }
  }
  streaming.flush();
}
