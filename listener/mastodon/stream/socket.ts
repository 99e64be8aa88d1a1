/**
 * A WebSocket with the few features that the listener needs. It uses `npm:ws`, which has no types,
 * behind an interface that tests can replace.
 *
 * Deno's own `WebSocket` is not used: it shows no pings (the only sign of life of a quiet server),
 * cannot be paused, and hides why an upgrade was refused. `../rest/rest.ts` says why
 * `npm:megalodon`'s streaming is not used.
 *
 * @module
 */
import WebSocket from "ws";
import { FRAME_BYTES } from "../../limits.ts";

/** The events of a socket. `closed` is the last one and comes once. */
export interface SocketEvents {
  opened(): void;
  /** The server refused the upgrade; header names in lower case. */
  refused(status: number, headers: Readonly<Record<string, string>>): void;
  frame(text: string): void;
  /** A ping or a pong. */
  sign(): void;
  /** The code is 1006 if no close frame arrived; then `reason` says what happened, if known. */
  closed(code: number, reason: string): void;
}

/** An open or opening socket. */
export interface Socket {
  /** Stops reading, so that the server's frames wait in the network's buffers. */
  pause(): void;
  resume(): void;
  /** Sends a close frame and closes at once; `closed` follows. */
  close(): void;
}

/**
 * Opens a socket. The headers are sent with the upgrade; `Sec-WebSocket-Protocol` requests a
 * subprotocol.
 */
export type OpenSocket = (
  url: string,
  headers: Readonly<Record<string, string>>,
  events: SocketEvents,
) => Socket;

interface Ws {
  // deno-lint-ignore no-explicit-any
  on(event: string, heard: (...args: any[]) => void): void;
  pause(): void;
  resume(): void;
  close(code: number): void;
  terminate(): void;
}

/** Opens a socket of `npm:ws`. */
export const openSocket: OpenSocket = (url, headers, events) => {
  const { "Sec-WebSocket-Protocol": protocol, ...others } = headers;
  const ws: Ws = new WebSocket(url, protocol === undefined ? [] : [protocol], {
    headers: others,
    maxPayload: FRAME_BYTES,
    perMessageDeflate: false,
  });
  let trouble = "";
  ws.on("open", () => events.opened());
  ws.on("unexpected-response", (_request: unknown, response: {
    statusCode?: number;
    headers: Record<string, string | string[] | undefined>;
  }) => {
    const plain: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers)) plain[name] = String(value);
    events.refused(response.statusCode ?? 0, plain);
    ws.terminate();
  });
  ws.on("message", (data: { toString(): string }) => events.frame(data.toString()));
  ws.on("ping", () => events.sign());
  ws.on("pong", () => events.sign());
  ws.on("error", (error: Error & { code?: string }) => trouble = error.code ?? error.message);
  ws.on("close", (code: number, reason: { toString(): string }) => {
    events.closed(code, reason.toString() || trouble);
  });
  return {
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    close() {
      ws.close(1000);
      ws.terminate();
    },
  };
};
