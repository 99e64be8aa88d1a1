/**
 * The streaming API over WebSocket, and its faults.
 *
 * @see https://docs.joinmastodon.org/methods/streaming/#websocket
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Buffer } from "node:buffer";
import { type WebSocket, WebSocketServer } from "ws";
import type { Book } from "../../book.ts";
import type { StatusWriter } from "../../entities/status.ts";
import type { Faults } from "../../faults/active.ts";
import type { SocketFault } from "../../faults/socket.ts";
import type { Refusal } from "../authorization.ts";
import { carries, type Channel, CHANNELS } from "./channels.ts";
import { createFrameWriter, textFrame } from "./frames.ts";
import { drain, type Reader } from "./reader.ts";
import { applySocketFault } from "./socket-faults.ts";

/** Options of {@linkcode createStreaming}. */
export interface StreamingOptions {
  book: Book;
  server: number;
  /** The writer of statuses as JSON inside a string. */
  writer: StatusWriter;
  faults: Faults;
  /** Returns why a request may not stream, or undefined if it may. */
  refusal(request: IncomingMessage): Refusal | undefined;
  /**
   * Returns true if the public timelines are disabled. Then streams are accepted, but stay empty.
   */
  disabled(): boolean;
  /** A reader is disconnected when more than this many bytes wait for it. */
  maxBuffered: number;
  /** A reader that has not answered a ping after this many milliseconds is disconnected. */
  pongTimeout: number;
  /** Called when readers or their subscriptions change. */
  changed(): void;
}

/** The stream of one server. */
export interface Streaming {
  /** Takes over a connection that asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Sends a post to the subscribers of its streams. */
  send(event: "update" | "status.update", post: number): void;
  /** Sends the delete of a post. */
  sendDelete(post: number, id: string): void;
  /** Sends the JSON of a status to every subscriber of every stream. */
  sendStatus(json: string): void;
  /** Applies a fault to the open sockets now. */
  apply(fault: SocketFault): void;
  /** Writes all buffered frames to the sockets. */
  flush(): void;
  /**
   * Pings every reader, and disconnects those that have not answered a ping for `pongTimeout`
   * milliseconds.
   */
  ping(): void;
  /** Resolves when at most `below` bytes wait for each reader. */
  drained(below: number): Promise<void>;
  /**
   * Returns the numbers of open connections and their subscriptions, of all connections so far, and
   * of connections that were cut off.
   */
  counts(): { connections: number; subscriptions: number; total: number; cutOff: number };
  /** Cuts all connections. */
  end(): void;
}

/** Opens the stream of a server. */
export function createStreaming(options: StreamingOptions): Streaming {
  const { book, server, writer, faults } = options;
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    autoPong: false,
    perMessageDeflate: false,
  });
  const readers = new Set<Reader>();
  /** All open sockets, including those that get no data any more. */
  const sockets = new Set<Socket>();
  let total = 0, cutOff = 0;

  const silent = () => faults.find("silence") !== undefined;

  const subscribe = (reader: Reader, stream: unknown) => {
    if (typeof stream !== "string" || !(stream in CHANNELS)) {
      reader.out.write(`{"error":"Unknown stream type","status":400}`);
      reader.out.flush();
      return;
    }
    reader.streams.add(stream);
    options.changed();
  };

  const open = (ws: WebSocket, socket: Socket, request: IncomingMessage) => {
    const reader: Reader = {
      ws,
      socket,
      out: createFrameWriter(socket),
      streams: new Set(),
      pinged: NaN,
    };
    total++;
    readers.add(reader);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const leave = () => {
      if (readers.delete(reader)) options.changed();
    };
    ws.on("close", leave);
    ws.on("error", leave);
    ws.on("pong", () => reader.pinged = NaN);
    ws.on("ping", (data: Buffer) => {
      if (!silent() && readers.has(reader)) ws.pong(data);
    });
    ws.on("message", (data: unknown) => {
      let message: { type?: unknown; stream?: unknown };
      try {
        message = JSON.parse(String(data));
      } catch {
        return;
      }
      if (message?.type === "subscribe") subscribe(reader, message.stream);
      if (message?.type === "unsubscribe") {
        reader.streams.delete(String(message.stream));
        options.changed();
      }
    });
    const stream = new URL(request.url!, "http://server").searchParams.get("stream");
    if (stream !== null) subscribe(reader, stream);
    options.changed();
  };

  /** Sends half of a frame, and then ends the socket or leaves it open. */
  const halve = (reader: Reader, text: string, then: "cut" | "stall") => {
    if (!readers.delete(reader)) return;
    reader.out.flush();
    const frame = textFrame(text);
    reader.socket.write(frame.subarray(0, frame.length >> 1));
    if (then === "cut") reader.socket.end();
    options.changed();
  };

  /** Sends a frame to the subscribers of each stream that `wants` accepts. */
  const broadcast = (
    wants: (channel: Channel) => boolean,
    textFor: (stream: string) => string,
    isStatus: boolean,
  ) => {
    if (readers.size === 0 || silent()) return;
    const texts = new Map<string, string>();
    const due: [reader: Reader, text: string][] = [];
    for (const reader of readers) {
      for (const name of reader.streams) {
        const channel = CHANNELS[name];
        if (!channel || !wants(channel)) continue;
        let text = texts.get(name);
        if (text === undefined) texts.set(name, text = textFor(name));
        due.push([reader, text]);
      }
    }
    // A fault counts only frames that a reader would have received.
    if (due.length === 0 || faults.use("hiccup") || (isStatus && faults.use("mute"))) return;
    const half = isStatus ? faults.use("half-frame") : undefined;
    const twice = isStatus && !half && faults.use("duplicate") !== undefined;
    for (const [reader, text] of due) {
      if (half) {
        halve(reader, text, half.then ?? "cut");
        continue;
      }
      reader.out.write(text);
      if (twice) reader.out.write(text);
      if (reader.socket.writableLength > options.maxBuffered) {
        cutOff++;
        reader.socket.resetAndDestroy();
      }
    }
  };
  const frame = (stream: string, event: string, payload: string) =>
    `{"stream":["${stream}"],"event":"${event}","payload":"${payload}"}`;

  return {
    upgrade(request, socket, head) {
      socket.on("error", () => {});
      const refused = options.refusal(request);
      if (refused) {
        const { status, message } = refused;
        const { type, text } = refused.body ?? { type: "text/plain", text: message };
        socket.end(
          `HTTP/1.1 ${status} ${message}\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
            `X-Error-Message: ${message}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
        );
        return;
      }
      wss.handleUpgrade(request, socket, head, (ws: WebSocket) => open(ws, socket, request));
    },
    send(event, post) {
      if (readers.size === 0 || options.disabled()) return;
      let payload: string | undefined;
      broadcast(
        (channel) => carries(channel, book, server, post),
        (stream) => frame(stream, event, payload ??= writer.status(post)),
        true,
      );
    },
    sendDelete(post, id) {
      broadcast(
        ({ scope }) => carries({ scope, media: false }, book, server, post),
        (stream) => frame(stream, "delete", JSON.stringify(id).slice(1, -1)),
        false,
      );
    },
    sendStatus(json) {
      const payload = JSON.stringify(json).slice(1, -1);
      broadcast(() => true, (stream) => frame(stream, "update", payload), true);
    },
    apply(fault) {
      applySocketFault(readers, fault);
      options.changed();
    },
    flush() {
      for (const reader of readers) reader.out.flush();
    },
    ping() {
      if (silent()) return;
      for (const reader of readers) {
        const now = performance.now();
        if (now - reader.pinged >= options.pongTimeout) {
          reader.ws.terminate();
          continue;
        }
        if (Number.isNaN(reader.pinged)) reader.pinged = now;
        reader.ws.ping();
      }
    },
    async drained(below) {
      for (const reader of readers) await drain(reader, below);
    },
    counts() {
      let subscriptions = 0;
      for (const { streams } of readers) subscriptions += streams.size;
      return { connections: readers.size, subscriptions, total, cutOff };
    },
    end() {
      for (const socket of sockets) socket.destroy();
      readers.clear();
    },
  };
}
