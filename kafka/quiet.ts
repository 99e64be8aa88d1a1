/**
 * Keeps kafkajs from writing to the terminal. The code that uses kafkajs reports everything that
 * users need to know.
 *
 * @module
 */
import { type KafkaConfig, logLevel } from "kafkajs";
// kafkajs does not export this file, so deno.json has an exact version.
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

interface Queue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

type Schedule = (this: Queue) => void;

// After every answer kafkajs 2.2.4 starts a timer that checks for pending requests. Its delay is
// the end of throttling minus the present time, which is negative without throttling. Node and Deno
// warn about negative delays on the terminal and run the timer after 1 ms. The timer then starts
// the next one, forever. If nothing is pending, no timer is needed:
// https://github.com/tulios/kafkajs/issues/1751
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
