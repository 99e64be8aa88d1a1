/**
 * One server of the federation: its sockets, its API, its stream, its faults.
 *
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Book } from "../book.ts";
import { quotedJson } from "../entities/json.ts";
import { createStatusWriter } from "../entities/status.ts";
import { type AdminActions, createAdmin } from "./admin.ts";
import { callerOf, createApi } from "./api.ts";
import {
  type ActiveFault,
  createFaults,
  type Fault,
  type Faults,
  type SocketFault,
} from "./faults.ts";
import { type Access, atLeast, type InstanceFacts } from "./instance.ts";
import { createRateLimit } from "./rate-limit.ts";
import { createStreaming, type Streaming } from "./streaming.ts";

/** What a server is made with. */
export interface ServerOptions {
  book: Book;
  /** Its place in the federation. */
  index: number;
  host: string;
  /** 0 for a free one. */
  port: number;
  token: string;
  version: string;
  access: Access;
  rateLimit: number;
  maxBuffered: number;
  /** Milliseconds that a ping may stay unanswered. */
  patience: number;
  clock: () => number;
  actions: AdminActions;
}

/** A request that came, for tests that ask how polite a client is. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  path: string;
  userAgent: string | undefined;
  /** True where it carried a token. */
  token: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

/** A running server. */
export interface RunningServer {
  readonly index: number;
  readonly domain: string;
  /** `http://host:port`, without a slash at the end. */
  readonly baseURL: string;
  /** `ws://host:port`, where it streams now. */
  readonly streamingURL: string;
  readonly token: string;
  readonly faults: Faults;
  readonly streaming: Streaming;
  /** The last thousand requests to the API, upgrades included. */
  readonly requests: readonly SeenRequest[];
  fault(fault: Fault): Promise<ActiveFault>;
  /** Resolves when at least so many streams are followed. */
  followed(streams: number): Promise<void>;
  /** Does what faults put off until a status has gone out. */
  afterStatus(): void;
  /** Releases a port that a fault took, and so on; to be called when faults are cleared. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

const REMEMBERED = 1_000;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Starts a server. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { book, index, host, token, clock } = options;
  const domain = book.world.domains[index]!;
  const writer = createStatusWriter(book, index);
  const requests: SeenRequest[] = [];
  const waiting = new Set<() => void>();
  const delayed: { fault: SocketFault; after: number }[] = [];
  let port = options.port;
  let moved: { server: Server; port: number } | undefined;
  let down: Promise<void> | undefined;
  let comesBack: ReturnType<typeof setTimeout> | undefined;

  const faults = createFaults(clock);
  const changed = () => {
    for (const check of waiting) check();
  };
  const baseURL = () => `http://${host}:${port}`;
  const elsewhere = () => faults.find("moved-stream") ? moved : undefined;
  const streamingURL = () => `ws://${host}:${elsewhere()?.port ?? port}`;

  const facts = (): InstanceFacts => ({
    domain,
    baseURL: baseURL(),
    streamingURL: faults.find("moved-stream")?.announced === false
      ? `ws://${host}:${port}`
      : streamingURL(),
    version: options.version,
    access: faults.find("disabled") ? "disabled" : options.access,
    users: book.world.accounts.all.filter(({ home }) => home === index).length,
    statuses: book.ledger.timelines[index]!.length,
    domains: book.world.domains.length,
    contact: JSON.parse(writer.account(0)),
  });

  const streaming = createStreaming({
    book,
    server: index,
    writer: createStatusWriter(book, index, quotedJson),
    faults,
    maxBuffered: options.maxBuffered,
    patience: options.patience,
    changed,
    disabled: () => facts().access === "disabled",
    refuse(request) {
      const { pathname } = new URL(request.url!, "http://server");
      if (!/^\/api\/v1\/streaming\/?$/.test(pathname)) return { status: 404, message: "Not Found" };
      const fault = faults.use("http", ({ on }) => on === "stream" || on === "any");
      if (fault) return { status: fault.status, message: "An error occurred" };
      const caller = callerOf(request, token);
      if (caller === "invalid") return { status: 401, message: "Invalid access token" };
      // Anonymous streams ended with 4.2.
      if (caller === "anonymous" && atLeast(options.version, 4, 2)) {
        return { status: 401, message: "Missing access token" };
      }
      return undefined;
    },
  });
  const api = createApi({
    book,
    server: index,
    writer,
    faults,
    token,
    clock,
    facts,
    version: options.version,
    limit: createRateLimit(options.rateLimit, clock),
  });
  const admin = createAdmin(index, options.actions);

  const remember = (request: import("node:http").IncomingMessage) => {
    if (requests.length >= REMEMBERED) requests.shift();
    requests.push({
      method: request.method!,
      path: request.url!.replace(/access_token=[^&]*/, "access_token=…"),
      userAgent: request.headers["user-agent"],
      token: callerOf(request, token) !== "anonymous",
      at: clock(),
    });
  };

  const makeServer = () => {
    const server = createServer((request, response) => {
      if (request.url!.startsWith("/admin/")) return void admin(request, response);
      remember(request);
      api(request, response);
    });
    server.on("upgrade", (request, socket, head) => {
      remember(request);
      if (elsewhere()) {
        socket.on("error", () => {});
        socket.end(
          `HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nContent-Length: 0\r\n` +
            `Location: ${streamingURL().replace("ws", "http")}${request.url}\r\n\r\n`,
        );
        return;
      }
      streaming.upgrade(request, socket as Socket, head);
    });
    return server;
  };
  let main = makeServer();
  port = await listen(main, port, host);

  const move = async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    server.on("upgrade", (request, socket, head) => {
      remember(request);
      streaming.upgrade(request, socket as Socket, head);
    });
    moved = { server, port: await listen(server, 0, host) };
  };
  const moveBack = async () => {
    const there = moved;
    moved = undefined;
    if (there) await shut(there.server);
  };
  let comingBack: Promise<void> | undefined;
  const comeBack = async () => {
    if (!down) return;
    comingBack ??= down.then(async () => {
      clearTimeout(comesBack);
      main = makeServer();
      await listen(main, port, host);
      down = comingBack = undefined;
    });
    await comingBack;
  };
  return {
    index,
    domain,
    get baseURL() {
      return baseURL();
    },
    get streamingURL() {
      return streamingURL();
    },
    token,
    faults,
    streaming,
    requests,
    async fault(fault) {
      switch (fault.kind) {
        case "close":
        case "reset":
        case "invalid-json":
        case "empty-frame":
        case "error-frame":
        case "unknown-event":
        case "frame": {
          const { count = 1, after = 0 } = fault;
          for (let n = 0; n < count; n++) {
            if (after > 0) delayed.push({ fault, after: after * (n + 1) });
            else streaming.strike(fault);
          }
          return { id: 0, fault, left: 0, clear: () => Promise.resolve() };
        }
        case "moved-stream":
          if (!moved) await move();
          break;
        case "down": {
          if (!down) {
            streaming.end();
            await (down = shut(main));
          }
          const entry = faults.add(fault);
          const clear = async () => {
            await entry.clear();
            await comeBack();
          };
          if (fault.ms !== undefined) comesBack = setTimeout(() => void clear(), fault.ms);
          return { ...entry, clear };
        }
      }
      return faults.add(fault);
    },
    followed(streams) {
      return new Promise((resolve) => {
        const check = () => {
          if (streaming.counts().subscriptions < streams) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
    afterStatus() {
      if (delayed.length === 0) return;
      for (const entry of delayed) entry.after--;
      for (const entry of delayed.filter(({ after }) => after <= 0)) {
        delayed.splice(delayed.indexOf(entry), 1);
        streaming.strike(entry.fault);
      }
    },
    async heal() {
      delayed.length = 0;
      faults.clear();
      await moveBack();
      await comeBack();
    },
    async close() {
      clearTimeout(comesBack);
      await comingBack;
      streaming.end();
      await moveBack();
      if (!down) await shut(main);
    },
  };
}
