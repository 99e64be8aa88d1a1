/**
 * Asks a worker and waits for its answer without a promise.
 *
 * The wasm code needs a file's bytes at once, but a network request completes later. So a worker
 * sends the requests, and the thread of the wasm code sleeps (`Atomics.wait`) until the answer has
 * arrived on its port. Browsers have a synchronous `XMLHttpRequest` for this; Deno does not.
 *
 * @module
 */
import { type MessagePort as NodePort, receiveMessageOnPort } from "node:worker_threads";
import { Failure } from "../../../common/failure.ts";
import { receivedFailure, type SentFailure, sentFailure } from "./sent-failure.ts";

/** Gets answers, one at a time. */
export interface BlockingWorker<Question, Answer> {
  /**
   * Sends a question, and sleeps until its answer arrives.
   *
   * @throws {Failure} the failure of the worker, or if no answer comes in time; a late answer is
   * dropped
   */
  ask(question: Question): Answer;
  close(): void;
}

/** The first message to a worker of {@linkcode startBlocking}. */
export interface Line {
  readonly port: MessagePort;
  /** The number of answers so far. The asking thread sleeps until this number changes. */
  readonly answers: Int32Array;
  /** The argument of `begin` in {@linkcode serve}. */
  readonly setting: unknown;
}

/** A question and its number, which the answer repeats. */
interface Asked<Question> {
  readonly number: number;
  readonly question: Question;
}

/** The messages that the worker sends back. */
type Reply<Answer> =
  & { readonly number: number }
  & ({ readonly answer: Answer } | { readonly failure: SentFailure });

/**
 * Starts the worker in `module`, which calls {@linkcode serve}, and waits until it is ready.
 *
 * @param timeout the longest wait for an answer, in milliseconds
 */
export async function startBlocking<Question, Answer>(
  module: URL,
  setting: unknown,
  timeout = 60_000,
): Promise<BlockingWorker<Question, Answer>> {
  const worker = new Worker(module, { type: "module" });
  const { port1: port, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(4));
  try {
    await new Promise<void>((ready, failed) => {
      worker.onmessage = () => ready();
      worker.onerror = (event) => {
        event.preventDefault();
        failed(new Error(`${module.href} does not start: ${event.message}`));
      };
      worker.postMessage({ port: port2, answers, setting } satisfies Line, [port2]);
    });
  } catch (error) {
    port.close();
    worker.terminate();
    throw error;
  }

  /**
   * Takes the answer with this number, if it has arrived. Answers to earlier questions are dropped.
   */
  function take(number: number): Reply<Answer> | undefined {
    for (;;) {
      const received = receiveMessageOnPort(port as unknown as NodePort);
      if (received === undefined) return undefined;
      const reply = received.message as Reply<Answer>;
      if (reply.number === number) return reply;
    }
  }

  let asked = 0;
  return {
    ask(question) {
      const number = ++asked;
      const until = performance.now() + timeout;
      port.postMessage({ number, question } satisfies Asked<Question>);
      for (;;) {
        // The count is read before the port, so that no answer is missed: if one arrives after the
        // port was read, the count has changed, and `Atomics.wait` returns immediately.
        const before = Atomics.load(answers, 0);
        const reply = take(number);
        if (reply !== undefined) {
          if ("answer" in reply) return reply.answer;
          throw receivedFailure(reply.failure);
        }
        const left = until - performance.now();
        if (left <= 0) {
          throw new Failure(`no answer from the object store within ${timeout / 1000} s`);
        }
        Atomics.wait(answers, 0, before, left);
      }
    },
    close() {
      port.close();
      worker.terminate();
    },
  };
}

/**
 * Runs in the worker: answers each question with the function that `begin(setting)` returns.
 *
 * @param begin takes the setting, and returns the function that answers
 */
export function serve<Question, Answer>(
  begin: (setting: unknown) => (question: Question) => Promise<Answer>,
): void {
  // TypeScript takes `self` for the window of a page, but here it is a worker, whose `postMessage`
  // takes no origin.
  const self = globalThis as unknown as Worker;
  self.onmessage = ({ data }: MessageEvent<Line>) => {
    const { port, answers, setting } = data;
    const answer = begin(setting);
    port.onmessage = async ({ data }) => {
      const { number, question } = data as Asked<Question>;
      const reply: Reply<Answer> = await answer(question).then(
        (answer) => ({ number, answer }),
        (error) => ({ number, failure: sentFailure(error) }),
      );
      port.postMessage(reply);
      Atomics.add(answers, 0, 1);
      Atomics.notify(answers, 0);
    };
    self.postMessage("ready");
  };
}
