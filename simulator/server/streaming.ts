/**
 * The streaming API over WebSocket, and all that can go wrong with it.
 *
 * @see https://docs.joinmastodon.org/methods/streaming/#websocket
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Buffer } from "node:buffer";
import { type WebSocket, WebSocketServer } from "ws";
import type { Book } from "../book.ts";
import type { StatusWriter } from "../entities/status.ts";
import { inScope, type Scope } from "../timeline.ts";
import { createFrameWriter, type FrameWriter, textFrame } from "./frames.ts";
import type { Faults, SocketFault } from "./faults.ts";

/** One open connection. */
interface Reader {
  ws: WebSocket;
  socket: Socket;
  out: FrameWriter;
  streams: Set<string>;
  /** When it was pinged without an answer yet, milliseconds; NaN where it answered. */
  pinged: number;
}

interface Stream {
  scope: Scope;
  media: boolean;
}

/** The streams there are; those of a person's own are open and stay quiet. */
const STREAMS: Readonly<Record<string, Stream | null>> = {
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

/** What streaming needs. */
export interface StreamingOptions {
  book: Book;
  server: number;
  /** Writes statuses as they stand inside a string. */
  writer: StatusWriter;
  faults: Faults;
  /** Why a request may not stream, or undefined where it may. */
  refuse(request: IncomingMessage): { status: number; message: string } | undefined;
  /** True where the public feeds are disabled: streams are followed, and stay empty. */
  disabled(): boolean;
  /** Bytes that may wait for a reader before it is cut off. */
  maxBuffered: number;
  /** Milliseconds that a ping may stay unanswered. */
  patience: number;
  /** Hears when readers or their subscriptions come and go. */
  changed(): void;
}

/** The stream of one server. */
export interface Streaming {
  /** Takes over a connection that asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Sends a post to those who follow a stream it is in. */
  send(event: "update" | "status.update", post: number): void;
  /** Says that a post is gone. */
  sendDelete(post: number, id: string): void;
  /** Does something to the open sockets, now. */
  strike(fault: SocketFault): void;
  /** Hands all that has gathered over to the sockets. */
  flush(): void;
  /** Pings everybody; cuts off who did not answer the last one. */
  ping(): void;
  /** Resolves when every reader has taken what was sent, down to `below` bytes each. */
  drained(below: number): Promise<void>;
  /** Open connections, and of those the ones that follow a stream. */
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
  /** All sockets that are open, those that nothing is sent to any more included. */
  const sockets = new Set<Socket>();
  let total = 0, cutOff = 0;

  const silent = () => faults.find("silence") !== undefined;

  const sendAll = (text: string) => {
    for (const reader of readers) {
      reader.out.write(text);
      reader.out.flush();
    }
  };

  const subscribe = (reader: Reader, stream: unknown) => {
    if (typeof stream !== "string" || !(stream in STREAMS)) {
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

  /** Sends half of a frame; what is left of the socket afterwards is the fault's choice. */
  const halve = (reader: Reader, text: string, then: "cut" | "stall") => {
    if (!readers.delete(reader)) return;
    reader.out.flush();
    const frame = textFrame(text);
    reader.socket.write(frame.subarray(0, frame.length >> 1));
    if (then === "cut") reader.socket.end();
    options.changed();
  };

  /** Sends to everybody who follows a stream that `follows` accepts. */
  const broadcast = (
    follows: (stream: Stream) => boolean,
    textFor: (stream: string) => string,
    isStatus: boolean,
  ) => {
    if (readers.size === 0 || silent()) return;
    const texts = new Map<string, string>();
    const due: [reader: Reader, text: string][] = [];
    for (const reader of readers) {
      for (const name of reader.streams) {
        const stream = STREAMS[name];
        if (!stream || !follows(stream)) continue;
        let text = texts.get(name);
        if (text === undefined) texts.set(name, text = textFor(name));
        due.push([reader, text]);
      }
    }
    // Faults count the statuses that somebody would have got.
    if (due.length === 0 || (isStatus && faults.use("mute"))) return;
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

  return {
    upgrade(request, socket, head) {
      socket.on("error", () => {});
      const refused = options.refuse(request);
      if (refused) {
        socket.end(
          `HTTP/1.1 ${refused.status} ${refused.message}\r\nConnection: close\r\n` +
            `Content-Type: text/plain\r\nX-Error-Message: ${refused.message}\r\n` +
            `Content-Length: ${refused.message.length}\r\n\r\n${refused.message}`,
        );
        return;
      }
      wss.handleUpgrade(request, socket, head, (ws: WebSocket) => open(ws, socket, request));
    },
    send(event, post) {
      if (readers.size === 0 || options.disabled()) return;
      let payload: string | undefined;
      broadcast(
        ({ scope, media }) =>
          inScope(book, server, post, scope) && (!media || book.post(post).media > 0),
        (stream) => {
          payload ??= writer.status(post);
          return `{"stream":["${stream}"],"event":"${event}","payload":"${payload}"}`;
        },
        true,
      );
    },
    sendDelete(post, id) {
      broadcast(
        ({ scope }) => inScope(book, server, post, scope),
        (stream) => `{"stream":["${stream}"],"event":"delete","payload":"${id}"}`,
        false,
      );
    },
    strike(fault) {
      for (const reader of readers) reader.out.flush();
      switch (fault.kind) {
        case "close":
          for (const { ws, socket } of readers) {
            if (fault.code === 1006) socket.end();
            else ws.close(fault.code ?? 1000, fault.reason ?? "");
          }
          // Nothing may follow a close frame.
          readers.clear();
          return options.changed();
        case "reset":
          for (const { socket } of readers) socket.resetAndDestroy();
          readers.clear();
          return options.changed();
        case "invalid-json":
          return sendAll(`{"stream":["public"],"event":"update","payload":"{\\"id\\":\\"1`);
        case "empty-frame":
          return sendAll("");
        case "error-frame":
          return sendAll(JSON.stringify({
            error: fault.error ?? "An unexpected error occurred",
            status: fault.status ?? 500,
          }));
        case "unknown-event":
          return sendAll(JSON.stringify({
            stream: ["public"],
            event: fault.event ?? "tusk.polished",
            payload: JSON.stringify({ shine: 11 }),
          }));
        case "frame":
          return sendAll(fault.text);
      }
    },
    flush() {
      for (const reader of readers) reader.out.flush();
    },
    ping() {
      if (silent()) return;
      for (const reader of readers) {
        const now = performance.now();
        if (now - reader.pinged >= options.patience) {
          reader.ws.terminate();
          continue;
        }
        if (Number.isNaN(reader.pinged)) reader.pinged = now;
        reader.ws.ping();
      }
    },
    async drained(below) {
      for (const { socket, out } of readers) {
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
