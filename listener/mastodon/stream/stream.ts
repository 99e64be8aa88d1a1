/**
 * One connection to the streaming API, from the upgrade to its end.
 *
 * The reader pulls the frames; until then they wait in a buffer. When the buffer is full, the
 * socket is paused, so that frames wait in the network and the server slows down. If the reader
 * does not pull for too long, the connection is closed, and the missed statuses are read from the
 * timeline later.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { type ErrorFrame, parseFrame } from "./frame.ts";
import { type Liveness, watchLiveness } from "./liveness.ts";
import { duration } from "../notice.ts";
import type { FeedDeps } from "../feed-options.ts";
import type { Headers } from "../rest/rate-limit.ts";
import type { Socket } from "./socket.ts";

/** The end of a connection, and its cause. */
export interface Ended {
  /** Such as `closed 1006`, `no frame for 75 s`, or `nobody pulled for 60 s`. */
  readonly cause: string;
  /**
   * The time until which the connection worked, in milliseconds since 1970: its end or, if `quiet`
   * is true, the time of the last frame or the last status.
   */
  readonly heard: number;
  /** The error frame of the server, if it sent one. */
  readonly error?: ErrorFrame;
  /** True if the listener ended the connection, so that the end is not a fault of the server. */
  readonly ours?: boolean;
  /** True if the socket was open, but no frame or no status arrived for too long. */
  readonly quiet?: boolean;
}

/** An open connection. */
export interface Stream {
  /** Takes waiting frames, at most one burst of them, and returns their events. */
  take(): ServerEvent[];
  /**
   * The end of the connection; null while it is open. After the end, frames may still be waiting.
   */
  readonly ended: Ended | null;
  /** True if no frame is waiting. */
  readonly empty: boolean;
  /** Resolves when a frame is waiting, or when the connection has ended. */
  ready(): Promise<void>;
  /** Ends the connection from our side; frames may still be waiting. */
  end(cause: string): void;
  /** Closes the connection, and resolves when its socket is closed. */
  close(): Promise<void>;
}

/** The result of an attempt to connect. */
export type Opening =
  | { readonly stream: Stream }
  | { readonly refused: { readonly status: number; readonly headers: Headers } }
  | { readonly failed: string };

/** Options of a connection. */
export interface StreamOptions {
  readonly url: string;
  readonly headers: Headers;
  readonly deps: Pick<FeedDeps, "clock" | "openSocket">;
  readonly signal: AbortSignal;
  /** Milliseconds without a status after which the stream counts as dead. */
  readonly quiet: number;
  /** Milliseconds that the socket may stay paused before it is closed. */
  readonly stallAfter: number;
  /** Timeout of the upgrade in milliseconds. Default 20,000. */
  readonly timeout?: number;
  /** Called with the name of each event that is not about a status. */
  readonly other: (event: string) => void;
}

/**
 * The socket is paused at `HIGH` waiting characters or `MOST` waiting frames, and resumed at `LOW`
 * characters and half of `MOST` frames.
 */
const HIGH = 1024 * 1024, LOW = HIGH / 2, MOST = 1_000;
/** The maximum number of frames of a burst. A reader may pause between two bursts. */
const BURST = 50;
/** The frame of a status has more characters than this, and the frame of a delete has fewer. */
const STATUS_LENGTH = 256;

/** Opens a connection. Never rejects. */
export function openStream(options: StreamOptions): Promise<Opening> {
  const { deps: { clock }, signal, stallAfter, timeout = 20_000, quiet } = options;
  const { promise, resolve } = Promise.withResolvers<Opening>();
  const gone = Promise.withResolvers<void>();

  let frames: string[] = [], head = 0, size = 0;
  let ended: Ended | null = null;
  let paused = false, cancelStall = () => {};
  let liveness: Liveness | null = null;
  let waiting: (() => void) | null = null;

  const wake = () => {
    waiting?.();
    waiting = null;
  };
  const end = (how: Omit<Ended, "heard">, unheard = 0) => {
    if (ended !== null) return;
    ended = { heard: Math.floor(clock.now() - unheard), ...how };
    liveness?.stop();
    cancelStall();
    cancelOpening();
    signal.removeEventListener("abort", abort);
    socket.close();
    resolve({ failed: how.cause });
    wake();
  };
  const abort = () => end({ cause: "aborted", ours: true });
  const pause = () => {
    paused = true;
    socket.pause();
    liveness?.pause();
    cancelStall = clock.after(stallAfter, () => {
      end({ cause: `nobody pulled for ${duration(stallAfter)}`, ours: true });
    });
  };
  const resume = () => {
    paused = false;
    cancelStall();
    socket.resume();
    liveness?.resume();
  };

  const stream: Stream = {
    take() {
      const events: ServerEvent[] = [];
      const last = Math.min(frames.length, head + BURST);
      for (; head < last; head++) {
        const text = frames[head]!;
        size -= text.length;
        const frame = parseFrame(text);
        if (frame === null) continue;
        if (frame.kind === "other") options.other(frame.event);
        else if (frame.kind !== "error") events.push(frame);
        else {
          end({ cause: `error ${frame.status ?? ""}`.trim(), error: frame });
        }
      }
      if (head === frames.length) {
        frames = [];
        head = 0;
      } else if (head > MOST / 2) {
        frames = frames.slice(head);
        head = 0;
      }
      if (paused && ended === null && size <= LOW && frames.length - head <= MOST / 2) resume();
      return events;
    },
    get ended() {
      return ended;
    },
    ready() {
      if (head < frames.length || ended !== null) return Promise.resolve();
      return new Promise((resolve) => waiting = resolve);
    },
    get empty() {
      return head === frames.length;
    },
    end: (cause) => end({ cause, ours: true }),
    close() {
      end({ cause: "closed by us", ours: true });
      return gone.promise;
    },
  };

  const cancelOpening = clock.after(timeout, () => {
    end({ cause: `no answer within ${duration(timeout)}` });
  });
  signal.addEventListener("abort", abort, { once: true });

  const socket: Socket = options.deps.openSocket(options.url, options.headers, {
    opened() {
      if (ended !== null) return;
      cancelOpening();
      liveness = watchLiveness({
        clock,
        quiet,
        dead: (cause, unheard) => end({ cause, quiet: true }, unheard),
      });
      resolve({ stream });
    },
    refused(status, headers) {
      resolve({ refused: { status, headers } });
    },
    frame(text) {
      // A closing socket may still deliver frames. They are used, because the server sent them.
      frames.push(text);
      size += text.length;
      if (text.length > STATUS_LENGTH) liveness?.status();
      else liveness?.sign();
      if (!paused && ended === null && (size > HIGH || frames.length - head > MOST)) pause();
      if (waiting !== null) wake();
    },
    sign: () => liveness?.sign(),
    closed(code, reason) {
      end({ cause: code === 1006 && reason ? `closed 1006, ${reason}` : `closed ${code}` });
      gone.resolve();
    },
  });
  if (signal.aborted) abort();
  return promise.then(async (opening) => {
    if (!("stream" in opening)) await gone.promise;
    return opening;
  });
}
