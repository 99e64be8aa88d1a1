/**
 * One open connection of the streaming API.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { FrameWriter } from "./frames.ts";

/** A client that reads streams over one connection. */
export interface Reader {
  readonly ws: WebSocket;
  readonly socket: Socket;
  readonly out: FrameWriter;
  /** The names of the streams that it is subscribed to. */
  readonly streams: Set<string>;
  /**
   * When the oldest unanswered ping was sent, in milliseconds of `performance.now()`; NaN if all
   * pings were answered.
   */
  pinged: number;
}

/** Resolves when at most `below` bytes wait for a reader, or when the reader has disconnected. */
export async function drain({ socket, out }: Reader, below: number): Promise<void> {
  out.flush();
  while (!socket.destroyed && socket.writableLength > below) {
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }
}
