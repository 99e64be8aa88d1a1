import assert from "node:assert/strict";
import { Failure } from "../../../common/failure.ts";
import { FileGone } from "../../store/failures.ts";
import { type BlockingWorker, startBlocking } from "./blocking.ts";

/** Runs `work` with a worker that does what each question says. */
async function withWorker(
  work: (worker: BlockingWorker<string, string>) => void | Promise<void>,
  timeout?: number,
) {
  const at = (path: string) => JSON.stringify(import.meta.resolve(path));
  const module = new URL(`data:application/javascript,${
    encodeURIComponent(`
      import { serve } from ${at("./blocking.ts")};
      import { FileGone } from ${at("../../store/failures.ts")};
      let release;
      const held = new Promise((resolve) => release = resolve);
      serve(() => async (question) => {
        if (question === "held") await held;
        if (question === "release") release();
        if (question === "gone") throw new FileGone("s3://lake/a", "removed");
        return "answer to " + question;
      });`)
  }`);
  const worker = await startBlocking<string, string>(module, null, timeout);
  try {
    await work(worker);
  } finally {
    worker.close();
  }
}

Deno.test("an answer after its time-out is not taken for the answer to the next request", () =>
  withWorker((worker) => {
    assert.throws(() => worker.ask("held"), /no answer from the object store within 0.2 s/);
    // The late answer to `held` arrives just before the answer to `release`.
    assert.equal(worker.ask("release"), "answer to release");
    for (const question of ["one", "two", "three"]) {
      assert.equal(worker.ask(question), `answer to ${question}`);
    }
  }, 200));

Deno.test("a failure from the worker keeps its class", () =>
  withWorker((worker) => {
    assert.throws(() => worker.ask("gone"), (error) => {
      assert.ok(error instanceof FileGone && error instanceof Failure);
      assert.match(error.message, /s3:\/\/lake\/a was removed/);
      return true;
    });
  }));
