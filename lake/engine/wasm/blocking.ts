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

/** Answers questions one at a time. */
export interface BlockingWorker<Question, Answer> {
  /**
   * Asks, and sleeps until the answer is there.
   *
   * @throws {Failure} the worker's, or where none comes in time
   */
  ask(question: Question): Answer;
  close(): void;
}

/** What a worker of {@linkcode startBlocking} is sent first. */
export interface Line {
  readonly port: MessagePort;
  /** Set to 1 and notified when an answer has been posted. */
  readonly bell: Int32Array;
  /** What the worker needs to know from the start. */
  readonly setting: unknown;
}

/** What comes back through the port. */
export type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly failure: string; readonly exitCode: number };

/** Starts the worker in `module`, which calls {@linkcode serve}, and waits until it is ready. */
export async function startBlocking<Question, Answer>(
  module: URL,
  setting: unknown,
  patience = 60_000,
): Promise<BlockingWorker<Question, Answer>> {
  const worker = new Worker(module, { type: "module" });
  const { port1: port, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  try {
    await new Promise<void>((ready, failed) => {
      worker.onmessage = () => ready();
      worker.onerror = (event) => {
        event.preventDefault();
        failed(new Error(`${module.href} does not start: ${event.message}`));
      };
      worker.postMessage({ port: port2, bell, setting } satisfies Line, [port2]);
    });
  } catch (error) {
    port.close();
    worker.terminate();
    throw error;
  }
  return {
    ask(question) {
      port.postMessage(question);
      if (Atomics.wait(bell, 0, 0, patience) === "timed-out") {
        throw new Failure(`no answer from the object store within ${patience / 1000} s`);
      }
      Atomics.store(bell, 0, 0);
      const { message } = receiveMessageOnPort(port as unknown as NodePort)!;
      const reply = message as Reply<Answer>;
      if ("answer" in reply) return reply.answer;
      throw new Failure(reply.failure, { exitCode: reply.exitCode });
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
    const answer = begin(data.setting);
    data.port.onmessage = async ({ data: question }) => {
      data.port.postMessage(await reply(() => answer(question as Question)));
      Atomics.store(data.bell, 0, 1);
      Atomics.notify(data.bell, 0);
    };
    self.postMessage("ready");
  };
}

async function reply<Answer>(work: () => Promise<Answer>): Promise<Reply<Answer>> {
  try {
    return { answer: await work() };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { failure, exitCode: error instanceof Failure ? error.exitCode : 1 };
  }
}
