/**
 * One server of the federation: its sockets, its API, its stream, its faults.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Book } from "../book.ts";
import { quotedJson } from "../entities/json.ts";
import { createStatusWriter } from "../entities/status.ts";
import { type AdminActions, createAdmin } from "./admin.ts";
import { callerOf, createApi } from "./api.ts";
import { openDoor } from "./door.ts";
import {
  type ActiveFault,
  createFaults,
  type Fault,
  type Faults,
  type RestFault,
  type SocketFault,
} from "./faults.ts";
import { type Access, atLeast, type InstanceFacts } from "./instance.ts";
import { createRateLimit } from "./rate-limit.ts";
import { remember, type SeenRequest } from "./seen.ts";
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
  /** Ends all faults. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Why a request may not stream, or undefined where it may. */
function refusal(
  request: IncomingMessage,
  { token, version, faults }: { token: string; version: string; faults: Faults },
): { status: number; message: string } | undefined {
  const { pathname } = new URL(request.url!, "http://server");
  if (!/^\/api\/v1\/streaming\/?$/.test(pathname)) return { status: 404, message: "Not Found" };
  const fault = faults.use("http", ({ on }) => on === "stream" || on === "any");
  if (fault) return { status: fault.status, message: "An error occurred" };
  const caller = callerOf(request, token);
  if (caller === "invalid") return { status: 401, message: "Invalid access token" };
  // Anonymous streams ended with 4.2.
  if (caller === "anonymous" && atLeast(version, 4, 2)) {
    return { status: 401, message: "Missing access token" };
  }
  return undefined;
}

/** Starts a server. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { book, index, host, port, token, version, clock } = options;
  const domain = book.world.domains[index]!;
  const writer = createStatusWriter(book, index);
  const requests: SeenRequest[] = [];
  const waiting = new Set<() => void>();
  const delayed: { fault: SocketFault; after: number }[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const faults = createFaults(clock);
  const access = () => faults.find("disabled") ? "disabled" : options.access;
  const streamingURL = () => `ws://${door.elsewhere ?? door.address}`;

  const facts = (): InstanceFacts => ({
    domain,
    baseURL: `http://${door.address}`,
    streamingURL: faults.find("moved-stream")?.announced === false
      ? `ws://${door.address}`
      : streamingURL(),
    version,
    access: access(),
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
    changed: () => waiting.forEach((check) => check()),
    disabled: () => access() === "disabled",
    refuse: (request) => refusal(request, { token, version, faults }),
  });
  const api = createApi({
    book,
    server: index,
    writer,
    faults,
    token,
    clock,
    access,
    baseURL: () => `http://${door.address}`,
    facts,
    version,
    limit: createRateLimit(options.rateLimit, clock),
  });
  const admin = createAdmin(index, options.actions);

  const door = await openDoor({
    host,
    port,
    request(request, response) {
      if (request.url!.startsWith("/admin/")) return void admin(request, response);
      remember(requests, request, token, clock());
      api(request, response);
    },
    upgrade(request, socket, head) {
      remember(requests, request, token, clock());
      streaming.upgrade(request, socket, head);
    },
  });

  return {
    index,
    domain,
    baseURL: `http://${door.address}`,
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
          return await changeDoor(fault, () => door.move(), () => door.moveBack());
        case "down":
          streaming.end();
          return await changeDoor(fault, () => door.shut(), () => door.reopen());
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
      await door.moveBack();
      await door.reopen();
    },
    async close() {
      timers.forEach(clearTimeout);
      streaming.end();
      await door.close();
    },
  };

  /** A fault of the door, which does not end by itself when its time is over. */
  async function changeDoor(
    fault: RestFault,
    act: () => Promise<void>,
    undo: () => Promise<void>,
  ): Promise<ActiveFault> {
    await act();
    const entry = faults.add(fault);
    const clear = async () => {
      await entry.clear();
      await undo();
    };
    if (fault.ms !== undefined) timers.add(setTimeout(() => void clear(), fault.ms));
    return { ...entry, clear };
  }
}
