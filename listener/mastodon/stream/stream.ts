/**
 * One connection to the streaming API, from the upgrade to its end.
 *
 * It is pulled: frames wait, unread, in a buffer with a high-water mark. Above it
 * the socket is paused, so that the server's frames wait in the network, which
 * slows the server's sending; when nobody pulls for long even so, the connection
 * is let go, and what was missed is read from the timeline later.
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

/** Why a connection is no more. */
export interface Ended {
  /** `closed 1006`, `no frame for 75 s`, `nobody pulled for 60 s`. */
  readonly cause: string;
  /** When we last heard anything, or a status where only those were missing; milliseconds. */
  readonly heard: number;
  /** What the server said in an error frame, if that was it. */
  readonly error?: ErrorFrame;
  /** True where the end was ours and says nothing of the server. */
  readonly ours?: boolean;
  /** True where the socket was open and nothing came, or no status. */
  readonly quiet?: boolean;
}

/** An open connection. */
export interface Stream {
  /** What waits, or the first burst of it; empty where nothing does. */
  take(): ServerEvent[];
  /** Set once the connection is over; frames may still wait. */
  readonly ended: Ended | null;
  /** No frame waits. */
  readonly empty: boolean;
  /** Resolves when something waits, or when it is over. */
  ready(): Promise<void>;
  /** Ends it for a reason of ours; frames may still wait. */
  end(cause: string): void;
  /** Lets go of it. Resolves when nothing is left of it. */
  close(): Promise<void>;
}

/** What came of an attempt to connect. */
export type Opening =
  | { readonly stream: Stream }
  | { readonly refused: { readonly status: number; readonly headers: Headers } }
  | { readonly failed: string };

/** What a connection is told. */
export interface StreamOptions {
  readonly url: string;
  readonly headers: Headers;
  readonly deps: Pick<FeedDeps, "clock" | "openSocket">;
  readonly signal: AbortSignal;
  /** Milliseconds without a status until it is taken for dead. */
  readonly quiet: number;
  /** Milliseconds that it stays paused before it is let go. */
  readonly stallAfter: number;
  /** Milliseconds for the upgrade. Default 20,000. */
  readonly timeout?: number;
  /** Told of each event that is not for us, by its name. */
  readonly other: (event: string) => void;
}

/** Characters and frames that may wait before the socket is paused, and goes on. */
const HIGH = 1024 * 1024, LOW = HIGH / 2, MOST = 1_000;
/** Frames that are given at once; between two of these bursts a reader may say wait. */
const BURST = 50;
/** A status's frame is longer than this; a delete's, which says little of life, is shorter. */
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
      // A socket that is being closed may still deliver; it was sent, so it counts.
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
