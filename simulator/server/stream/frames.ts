/**
 * Writes WebSocket frames to a socket, many at a time. One write per frame would make the server
 * slow.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2
 * @module
 */
import type { Socket } from "node:net";

const CHUNK = 64 * 1024;
const encoder = new TextEncoder();

/** Makes a text frame. It is not masked, because only clients mask frames. */
export function textFrame(text: string): Uint8Array {
  const payload = encoder.encode(text);
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = new Uint8Array(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame[2] = length >> 8;
    frame[3] = length & 255;
  } else {
    frame[1] = 127;
    new DataView(frame.buffer).setUint32(6, length);
  }
  frame.set(payload, head);
  return frame;
}

/** Buffers frames and writes them in large chunks. */
export interface FrameWriter {
  /** Adds a text frame. */
  write(text: string): void;
  /** Writes the buffered frames. */
  flush(): void;
}

/** Creates a writer for `socket`. Nothing is written to a socket that has ended. */
export function createFrameWriter(socket: Socket): FrameWriter {
  let chunk = new Uint8Array(CHUNK), used = 0;
  const flush = () => {
    if (used === 0) return;
    if (socket.writable) socket.write(chunk.subarray(0, used));
    // A new buffer is needed, because the socket still uses the old one.
    chunk = new Uint8Array(CHUNK);
    used = 0;
  };
  return {
    write(text) {
      // In UTF-8, a UTF-16 code unit takes at most three bytes.
      const most = 4 + 3 * text.length;
      if (used + most > CHUNK) flush();
      if (most > CHUNK) {
        if (socket.writable) socket.write(textFrame(text));
        return;
      }
      const { written } = encoder.encodeInto(text, chunk.subarray(used + 4));
      chunk[used] = 0x81;
      if (written > 125) {
        chunk[used + 1] = 126;
        chunk[used + 2] = written >> 8;
        chunk[used + 3] = written & 255;
        used += 4 + written;
      } else {
        chunk[used + 1] = written;
        chunk.copyWithin(used + 2, used + 4, used + 4 + written);
        used += 2 + written;
      }
    },
    flush,
  };
}
