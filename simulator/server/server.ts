/**
 * One server of the federation: its ports, its API, its stream, its faults.
 *
 * @module
 */
import type { Book } from "../book.ts";
import { type ActiveFault, createFaults, type Faults } from "../faults/active.ts";
import { createAlteredWriters } from "../faults/altered-writer.ts";
import { type Fault, isSocketFault } from "../faults/fault.ts";
import type { SocketFault } from "../faults/socket.ts";
import { AHEAD } from "../faults/stream.ts";
import type { Software } from "../software/software.ts";
import { chance } from "../world/hash.ts";
import { type AdminActions, createAdmin } from "./admin.ts";
import { createApi } from "./rest/api.ts";
import { createAuthorization } from "./authorization.ts";
import { flood } from "./stream/flood.ts";
import { listenHttp } from "./http-listener.ts";
import type { Access, InstanceFacts } from "./rest/instance.ts";
import { createRateLimit } from "./rest/rate-limit.ts";
import { type LoggedRequest, logRequest } from "./request-log.ts";
import { createStreaming, type Streaming } from "./stream/streaming.ts";

/** Options of {@linkcode startServer}. */
export interface ServerOptions {
  book: Book;
  /** The server's index in the federation. */
  index: number;
  host: string;
  /** The port; 0 for a free port. */
  port: number;
  token: string;
  software: Software;
  access: Access;
  rateLimit: number;
  maxBuffered: number;
  /** A reader that has not answered a ping after this many milliseconds is disconnected. */
  pongTimeout: number;
  clock: () => number;
  actions: AdminActions;
}

/** A running server. */
export interface RunningServer {
  readonly index: number;
  readonly domain: string;
  /** The address `http://host:port`, without a slash at the end. */
  readonly baseURL: string;
  /** The address `ws://host:port` at which it streams now. */
  readonly streamingURL: string;
  readonly token: string;
  readonly faults: Faults;
  readonly streaming: Streaming;
  /** The last thousand requests to the API, upgrades included. */
  readonly requests: readonly LoggedRequest[];
  /** The software that it runs. It can be changed at any time. */
  software: Software;
  /** Returns the server's own time, in milliseconds since 1970. */
  clock(): number;
  fault(fault: Fault): Promise<ActiveFault>;
  /** Resolves when there are at least this many subscriptions. */
  followed(streams: number): Promise<void>;
  /**
   * Counts a status that was sent, and applies the faults of sockets whose `after` is now reached.
   */
  afterStatus(): void;
  /** Ends all faults. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { book, index, host, port, token } = options;
  let { software } = options;
  book.ids[index]!.style = software.ids;
  const domain = () => book.world.domains[index]!;
  const requests: LoggedRequest[] = [];
  const waiting = new Set<() => void>();
  const delayed: { fault: SocketFault; after: number }[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();

  let draws = 0;
  const faults = createFaults(options.clock, {
    standing: () => software.faults,
    draw: () => chance(book.world.seed, ++draws, 250 + index),
  });
  const clock = () => {
    const ahead = faults.find("clock-ahead");
    return options.clock() + (ahead ? ahead.by ?? AHEAD : 0);
  };
  const access = () => faults.find("disabled") ? "disabled" : options.access;
  const baseURL = () => `http://${listener.address}`;
  const streamingURL = () => `ws://${listener.streamingAddress ?? listener.address}`;

  const { plain, quoted } = createAlteredWriters({
    book,
    server: index,
    faults,
    saysLocalOnly: () => software.saysLocalOnly,
  });
  const facts = (): InstanceFacts => ({
    domain: domain(),
    baseURL: baseURL(),
    streamingURL: faults.find("moved-stream")?.announced === false
      ? `ws://${listener.address}`
      : streamingURL(),
    software,
    access: access(),
    users: book.world.accounts.all.filter(({ home }) => home === index).length,
    statuses: book.ledger.timelines[index]!.length,
    domains: book.world.domains.length,
    contact: JSON.parse(plain.account(0)),
  });
  const authorization = createAuthorization({ token, faults, software: () => software });
  const streaming = createStreaming({
    book,
    server: index,
    writer: quoted,
    faults,
    maxBuffered: options.maxBuffered,
    pongTimeout: options.pongTimeout,
    changed: () => waiting.forEach((check) => check()),
    disabled: () => access() === "disabled",
    refusal: authorization.refusal,
  });
  const api = createApi({
    book,
    server: index,
    writer: plain,
    faults,
    token,
    authorization,
    clock,
    access,
    baseURL,
    facts,
    software: () => software,
    limit: createRateLimit(options.rateLimit, clock),
  });
  const admin = createAdmin(index, options.actions);

  const listener = await listenHttp({
    host,
    port,
    request(request, response) {
      if (request.url!.startsWith("/admin/")) return void admin(request, response);
      logRequest(requests, request, authorization.callerOf(request) !== "anonymous", clock());
      api(request, response);
    },
    upgrade(request, socket, head) {
      logRequest(requests, request, authorization.callerOf(request) !== "anonymous", clock());
      streaming.upgrade(request, socket, head);
    },
  });

  const applyNow = (fault: SocketFault) => {
    if (fault.kind !== "flood") return streaming.apply(fault);
    const { origin } = book.world.accounts.all.find(({ home }) => home === index)!;
    void flood(streaming, origin, fault.authors ?? 100_000, clock());
  };
  const applySocketFault = (fault: SocketFault): ActiveFault => {
    const { count = 1, after = 0 } = fault;
    for (let n = 0; n < count; n++) {
      if (after > 0) delayed.push({ fault, after: after * (n + 1) });
      else applyNow(fault);
    }
    return { id: 0, fault, left: 0, clear: () => Promise.resolve() };
  };
  /** Applies a fault of the ports. When the fault ends, its effect is undone. */
  const faultOfPorts = async (
    fault: Fault,
    act: () => Promise<void>,
    undo: () => Promise<void>,
  ): Promise<ActiveFault> => {
    await act();
    const entry = faults.add(fault);
    const clear = async () => {
      await entry.clear();
      await undo();
    };
    if ("ms" in fault && fault.ms !== undefined) {
      timers.add(setTimeout(() => void clear(), fault.ms));
    }
    return { ...entry, clear };
  };

  return {
    index,
    get domain() {
      return domain();
    },
    baseURL: baseURL(),
    get streamingURL() {
      return streamingURL();
    },
    token,
    faults,
    streaming,
    requests,
    clock,
    get software() {
      return software;
    },
    set software(other) {
      software = other;
      book.ids[index]!.style = other.ids;
    },
    async fault(fault) {
      if (isSocketFault(fault)) return applySocketFault(fault);
      switch (fault.kind) {
        case "moved-stream":
          return await faultOfPorts(
            fault,
            listener.openStreamingPort,
            listener.closeStreamingPort,
          );
        case "down":
          streaming.end();
          return await faultOfPorts(fault, listener.stop, listener.restart);
        case "revoked-token": {
          const entry = faults.add(fault);
          streaming.apply({ kind: "close", code: 1005 });
          return entry;
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
        applyNow(entry.fault);
      }
    },
    async heal() {
      delayed.length = 0;
      faults.clear();
      await listener.closeStreamingPort();
      await listener.restart();
    },
    async close() {
      timers.forEach(clearTimeout);
      streaming.end();
      await listener.close();
    },
  };
}
