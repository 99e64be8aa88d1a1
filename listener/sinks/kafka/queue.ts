/**
 * The queue of messages between the listener and the broker. It is first in, first out, and knows
 * which batch each message belongs to.
 *
 * @module
 */
import type { Buffer } from "node:buffer";

/** A message that is to be sent. */
export interface Message {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  /** Milliseconds since 1970 as text, as kafkajs requires. */
  readonly timestamp: string;
}

/** A queue of messages. */
export interface Queue {
  /** The number of messages. */
  readonly length: number;
  /** The size of all messages in bytes, as {@linkcode sizeOf} measures them. */
  readonly bytes: number;
  /** Adds the messages of batch `seq`. A batch may have no messages. */
  push(seq: number, messages: readonly Message[]): void;
  /**
   * Returns the first messages: at most `count`, and at most `bytes` together, but at least one.
   */
  first(count: number, bytes: number): Message[];
  /**
   * Removes the first `count` messages.
   *
   * @returns the number of the last batch that became complete: none of its messages is left in the
   * queue. Null if no batch became complete
   */
  drop(count: number): number | null;
}

/**
 * Returns the size of a message in bytes, with the bytes that a record batch adds to each message.
 */
export function sizeOf({ key, value }: Message): number {
  return key.length + value.length + 24;
}

/**
 * Creates an empty queue.
 *
 * @example
 * ```ts
 * import { Buffer } from "node:buffer";
 * import { messageQueue } from "./queue.ts";
 *
 * const message = { topic: "t", key: "k", value: Buffer.from("v"), timestamp: "0" };
 * const queue = messageQueue();
 * queue.push(1, [message, message]);
 * queue.push(2, []);
 * if (queue.drop(1) !== null || queue.drop(1) !== 2) throw new Error();
 * ```
 */
export function messageQueue(): Queue {
  let messages: Message[] = [];
  let head = 0;
  let bytes = 0;
  /**
   * The number of messages that were ever added (`come`) and removed (`gone`). A batch is complete
   * when `gone` reaches its `end`.
   */
  let come = 0;
  let gone = 0;
  const batches: { seq: number; end: number }[] = [];

  return {
    get length() {
      return messages.length - head;
    },
    get bytes() {
      return bytes;
    },
    push(seq, more) {
      for (const message of more) {
        messages.push(message);
        bytes += sizeOf(message);
      }
      come += more.length;
      batches.push({ seq, end: come });
    },
    first(count, limit) {
      const taken: Message[] = [];
      let size = 0;
      for (let at = head; at < messages.length && taken.length < count; at++) {
        const message = messages[at]!;
        size += sizeOf(message);
        if (size > limit && taken.length > 0) break;
        taken.push(message);
      }
      return taken;
    },
    drop(count) {
      for (let at = head; at < head + count; at++) bytes -= sizeOf(messages[at]!);
      head += count;
      gone += count;
      // The array is shortened from time to time, so that the memory of removed messages is freed.
      if (head > 4096 && head * 2 > messages.length) {
        messages = messages.slice(head);
        head = 0;
      }
      let complete: number | null = null;
      while (batches.length > 0 && batches[0]!.end <= gone) complete = batches.shift()!.seq;
      return complete;
    },
  };
}
