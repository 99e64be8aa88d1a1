/**
 * Moves messages from the queue to the broker, one request at a time and in order. While the broker
 * is unreachable, the pump keeps trying.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { reasonOf } from "../../../kafka/connection.ts";
import { type Clock, sleep } from "../../../common/clock.ts";
import { createOutage } from "../../../common/retry.ts";
import type { Connect, Link } from "./link.ts";
import { type Message, type Queue, sizeOf } from "./queue.ts";

/** Options of {@linkcode startPump}. */
export interface PumpOptions {
  readonly queue: Queue;
  readonly connect: Connect;
  /** An open connection to start with. Default: the pump opens one. */
  readonly link?: Link;
  /** The maximum number of messages of a request. */
  readonly count: number;
  /** The maximum number of bytes of a request. */
  readonly bytes: number;
  /** Milliseconds that a message waits for more messages to share its request. */
  readonly linger: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called when the broker has acknowledged every batch up to `seq`. */
  readonly onDurable: (seq: number) => void;
  /**
   * Called when the broker has acknowledged a request. `messages` does not count those that were
   * left out.
   */
  readonly onSent: (sent: { messages: number; milliseconds: number }) => void;
  /** Called with a message that the broker will never accept. The message is left out. */
  readonly onUnfit: (message: Message, reason: string) => void;
  /** Receives messages for the log. */
  readonly notify: (message: string) => void;
}

/** A running pump. */
export interface Pump {
  /**
   * The time of the first failure since the last success (milliseconds since 1970), and the reason
   * of the latest failure; null while sending works.
   */
  readonly away: { readonly since: number; readonly reason: string } | null;
  /** Tells the pump that the queue has messages. */
  wake(): void;
  /** Resolves when the queue has become shorter, sending has failed, or the pump has ended. */
  progress(): Promise<void>;
  /** From now on, sends at once, without waiting for more messages, until the queue is empty. */
  hurry(): void;
  /** Stops the pump, even if messages are left in the queue. */
  stop(): Promise<void>;
}

/** The timeout of one request in milliseconds, including all retries of kafkajs. */
const REQUEST_TIMEOUT = 60_000;

/** Starts the pump. */
export function startPump(options: PumpOptions): Pump {
  const { queue, connect, count, bytes, linger, clock, random } = options;
  const { onDurable, onSent, onUnfit, notify } = options;
  const stopped = new AbortController();
  let link: Link | null = options.link ?? null;
  const describe = (error: unknown) => error instanceof Failure ? error.message : reasonOf(error);
  const outage = createOutage({
    describe: (error) => `the broker does not take messages (${describe(error)})`,
    recovered: "the broker takes messages again",
    ...{ base: 250, cap: 5_000, random, notify, clock, signal: stopped.signal },
  });
  let hurried = false;
  let limit = bytes;
  let call = () => {};
  let passed = Promise.withResolvers<void>();

  function moved() {
    passed.resolve();
    passed = Promise.withResolvers();
  }

  /** Waits for messages, then a little longer for more messages to share the request. */
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
    const start = clock.monotonic();
    try {
      await withTimeout(link.send(messages));
      onSent({ messages: messages.length, milliseconds: clock.monotonic() - start });
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (messages.length > 1) {
        // The topic accepts less than its configuration says, so the new limit is half of this
        // request.
        limit = Math.max(1, messages.reduce((sum, message) => sum + sizeOf(message), 0) >> 1);
        return;
      }
      onUnfit(messages[0]!, reasonOf(error));
    }
    const complete = queue.drop(messages.length);
    if (complete !== null) onDurable(complete);
    outage.succeeded();
    moved();
  }

  function withTimeout(sent: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(REQUEST_TIMEOUT, () => {
        reject(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`));
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
        // It is unknown whether the broker has the messages, so a new producer sends them again.
        void link?.close();
        link = null;
        const waited = outage.failed(error);
        moved();
        await waited;
      }
    }
    await link?.close();
    moved();
  }

  const running = run();
  return {
    get away() {
      const { current } = outage;
      return current === null ? null : { since: current.since, reason: describe(current.error) };
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
