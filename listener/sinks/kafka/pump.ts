/**
 * Moves messages from the queue to the broker, one request at a time and in
 * order, and keeps trying while the broker is away.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { reasonOf } from "../../../kafka/connection.ts";
import { type Clock, sleep } from "../../../common/clock.ts";
import type { Connect, Link } from "./link.ts";
import { type Message, type Queue, sizeOf } from "./queue.ts";

/** What {@linkcode startPump} is told. */
export interface PumpOptions {
  readonly queue: Queue;
  readonly connect: Connect;
  /** The first link, where there is one already. */
  readonly link?: Link;
  /** Messages of a request at most. */
  readonly count: number;
  /** Bytes of a request at most. */
  readonly bytes: number;
  /** Milliseconds that a message waits for company. */
  readonly linger: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Every batch up to this one is on the broker. */
  readonly onDurable: (seq: number) => void;
  /** A request was acknowledged. */
  readonly onSent: (sent: { messages: number; milliseconds: number }) => void;
  /** A message that the broker will never take; it is left out. */
  readonly onUnfit: (message: Message, reason: string) => void;
  /** What a person should know. */
  readonly notify: (message: string) => void;
}

/** A running pump. */
export interface Pump {
  /** Since when, in milliseconds since 1970, nothing was acknowledged, and why; null where all is well. */
  readonly away: { readonly since: number; readonly reason: string } | null;
  /** There is something in the queue. */
  wake(): void;
  /** Resolves when the queue is shorter, or sending has failed, or the pump has ended. */
  progress(): Promise<void>;
  /** Sends without waiting for company until the queue is empty. */
  hurry(): void;
  /** Ends it, whatever is still in the queue. */
  stop(): Promise<void>;
}

/** Milliseconds for one request with all that kafkajs tries by itself. */
const STUCK = 60_000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
const SAY_EVERY = 60_000;

/** Starts moving. */
export function startPump(options: PumpOptions): Pump {
  const { queue, connect, count, bytes, linger, clock, random } = options;
  const { onDurable, onSent, onUnfit, notify } = options;
  const stopped = new AbortController();
  let link: Link | null = options.link ?? null;
  let away: { since: number; reason: string } | null = null;
  let said = -Infinity;
  let wait = FIRST_WAIT;
  let hurried = false;
  let limit = bytes;
  let call = () => {};
  let passed = Promise.withResolvers<void>();

  function moved() {
    passed.resolve();
    passed = Promise.withResolvers();
  }

  /** Waits for messages, and a little longer for more of them. */
  async function work(): Promise<void> {
    while (queue.length === 0 && !stopped.signal.aborted) {
      hurried = false;
      await new Promise<void>((resolve) => call = resolve);
    }
    const full = () => hurried || queue.length >= count || queue.bytes >= limit;
    if (full() || linger === 0 || stopped.signal.aborted) return;
    const enough = new AbortController();
    call = () => {
      if (full() || stopped.signal.aborted) enough.abort();
    };
    await sleep(clock, linger, enough.signal);
  }

  async function send(): Promise<void> {
    link ??= await connect();
    if (stopped.signal.aborted) return;
    const messages = queue.first(count, Math.min(limit, link.limit));
    const start = clock.now();
    try {
      await unlessStuck(link.send(messages));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (messages.length > 1) {
        // The topic takes less than it says: try with half, and stay with that.
        limit = Math.max(1, messages.reduce((sum, message) => sum + sizeOf(message), 0) >> 1);
        return;
      }
      onUnfit(messages[0]!, reasonOf(error));
    }
    onSent({ messages: messages.length, milliseconds: clock.now() - start });
    const complete = queue.drop(messages.length);
    if (complete !== null) onDurable(complete);
    if (away !== null) {
      const seconds = Math.round((clock.now() - away.since) / 1000);
      notify(`the broker takes messages again, after ${seconds} s; nothing was lost`);
    }
    away = null;
    said = -Infinity;
    wait = FIRST_WAIT;
    moved();
  }

  function unlessStuck(sent: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(STUCK, () => {
        reject(new Error(`no answer within ${STUCK / 1000} s`));
      });
      sent.then(resolve, reject).finally(cancel);
    });
  }

  async function run() {
    while (!stopped.signal.aborted) {
      await work();
      if (stopped.signal.aborted) break;
      try {
        await send();
      } catch (error) {
        // What was sent may be there or not: it is sent once more, by a new producer.
        void link?.close();
        link = null;
        const reason = error instanceof Failure ? error.message : reasonOf(error);
        away = { since: away?.since ?? clock.now(), reason };
        moved();
        if (clock.now() - said >= SAY_EVERY) {
          said = clock.now();
          notify(`the broker does not take messages (${reason}); trying again, nothing is lost`);
        }
        await sleep(clock, wait * (0.5 + random() / 2), stopped.signal);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
    await link?.close();
    moved();
  }

  const running = run();
  return {
    get away() {
      return away;
    },
    wake: () => call(),
    progress: () => passed.promise,
    hurry() {
      hurried = true;
      call();
    },
    async stop() {
      stopped.abort();
      call();
      await running;
    },
  };
}

function isTooLarge(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    const { type } = inner as { type?: unknown };
    if (type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE") return true;
  }
  return false;
}
