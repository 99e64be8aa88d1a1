/**
 * Keeps kafkajs off the user's terminal: what people need to know is said by
 * whoever uses it, once and in words.
 *
 * @module
 */
import { type KafkaConfig, logLevel } from "kafkajs";
// Not part of what kafkajs exports, hence the exact version in deno.json.
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

interface Queue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

type Schedule = (this: Queue) => void;

// kafkajs 2.2.4 looks for pending requests after every answer by a timer whose
// delay is "until the throttling ends" less now: without throttling that is a
// negative number. Node and Deno warn of it on the terminal, run it after 1 ms,
// and it starts the next one, for ever. With nothing pending there is nothing to
// look for: https://github.com/tulios/kafkajs/issues/1751
const queue = (RequestQueue as { prototype: { scheduleCheckPendingRequests: Schedule } }).prototype;
const schedule = queue.scheduleCheckPendingRequests;
queue.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};

/** The part of kafkajs's configuration that makes it silent. */
export const quietly: Pick<KafkaConfig, "logLevel" | "logCreator"> = {
  logLevel: logLevel.NOTHING,
  logCreator: () => () => {},
};
