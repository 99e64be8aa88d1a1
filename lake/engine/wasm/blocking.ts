/**
 * Asking a worker and waiting for its answer without a promise.
 *
 * The wasm code wants a file's bytes at once, and a request over the network
 * is answered later. So a worker does the requests, and the thread that asks
 * sleeps (`Atomics.wait`) until the answer lies in its port. The browser's way,
 * a synchronous `XMLHttpRequest`, does not exist in Deno.
 *
 * @module
 */
import { type MessagePort as NodePort, receiveMessageOnPort } from "node:worker_threads";
import { Failure } from "../../../common/failure.ts";
import { receivedFailure, type SentFailure, sentFailure } from "./sent-failure.ts";

/** Answers questions one at a time. */
export interface BlockingWorker<Question, Answer> {
  /**
   * Asks, and sleeps until the answer is there.
   *
   * @throws {Failure} the worker's, or if no answer comes in time; a late one is dropped
   */
  ask(question: Question): Answer;
  close(): void;
}

/** What a worker of {@linkcode startBlocking} is sent first. */
export interface Line {
  readonly port: MessagePort;
  /** Counts the answers; whoever sleeps on it is woken with each. */
  readonly answers: Int32Array;
  /** What the worker needs to know from the start. */
  readonly setting: unknown;
}

/** A question, and the number that its answer carries too. */
interface Asked<Question> {
  readonly number: number;
  readonly question: Question;
}

/** What comes back through the port. */
type Reply<Answer> =
  & { readonly number: number }
  & ({ readonly answer: Answer } | { readonly failure: SentFailure });

/**
 * Starts the worker in `module`, which calls {@linkcode serve}, and waits until it is ready.
 *
 * @param timeout milliseconds that a question may take
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

  /** The answer with this number, if it is there; answers that came too late are dropped. */
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
        // Read before looking: an answer that comes in between ends the sleep at once.
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
 * The worker's side: answers each question with what `begin(setting)` gives.
 *
 * @param begin takes the setting, and gives the function that answers
 */
export function serve<Question, Answer>(
  begin: (setting: unknown) => (question: Question) => Promise<Answer>,
): void {
  // The types are those of a page: a worker's `self` posts without an origin.
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
