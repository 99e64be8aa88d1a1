/**
 * Messages between the listener and the broker: first in, first out, and which
 * batches they came in.
 *
 * @module
 */
import type { Buffer } from "node:buffer";

/** A message to be. */
export interface Message {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  /** Milliseconds since 1970, as kafkajs wants them. */
  readonly timestamp: string;
}

/** A queue of messages. */
export interface Queue {
  /** Messages in it. */
  readonly length: number;
  /** Bytes of their keys and values. */
  readonly bytes: number;
  /** Adds the messages of batch `seq`, of which there may be none. */
  push(seq: number, messages: readonly Message[]): void;
  /** The first messages: at least one, at most `count`, and `bytes` unless one alone is larger. */
  first(count: number, bytes: number): Message[];
  /**
   * Takes the first `count` messages away.
   *
   * @returns the last batch of which no message is left, or null where none became complete
   */
  drop(count: number): number | null;
}

/** Bytes of a message, with what a record batch adds to each. */
export function sizeOf({ key, value }: Message): number {
  return key.length + value.length + 24;
}

/**
 * An empty queue.
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
  /** Messages that ever came and went: a batch is complete when `gone` reaches its `end`. */
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
      // Moved down now and then, so that what has gone can be freed.
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
