/**
 * One open connection of the streaming API.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { FrameWriter } from "./frames.ts";

/** Somebody who reads streams. */
export interface Reader {
  readonly ws: WebSocket;
  readonly socket: Socket;
  readonly out: FrameWriter;
  /** The names of the streams that it is subscribed to. */
  readonly streams: Set<string>;
  /** When it was sent the ping that it has not answered yet, milliseconds; NaN if it has. */
  pinged: number;
}

/** Resolves when a reader has taken what was sent, down to `below` bytes, or is gone. */
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
