import assert from "node:assert/strict";
import { Unreachable } from "./failures.ts";
import { s3Settings } from "./s3-settings.ts";
import { s3Store } from "./s3-store.ts";

/** A store that gives these answers, one a request, and the last one for ever. */
function answering(...answers: (() => Response)[]) {
  let requests = 0;
  const store = s3Store("s3://lake", s3Settings(() => undefined), () => {
    const answer = answers[Math.min(requests++, answers.length - 1)]!;
    return Promise.resolve(answer());
  });
  return { store, requests: () => requests };
}

const busy = () => new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 });

Deno.test("a store that is busy for a moment is asked again", async () => {
  const { store, requests } = answering(busy, busy, () => new Response("text"));
  assert.equal((await store.readText("a"))!.text, "text");
  assert.equal(requests(), 3);
});

Deno.test("a store that stays busy is unreachable in the end", async () => {
  const { store, requests } = answering(busy);
  await assert.rejects(store.readText("a"), Unreachable);
  assert.equal(requests(), 5);
});

Deno.test("what was written in spite of an error is not taken for another's", async () => {
  const taken = () =>
    new Response("<Error><Code>PreconditionFailed</Code></Error>", { status: 412 });
  const mine = () => new Response("mine", { headers: { etag: "v2" } });
  assert.equal(await answering(busy, taken, mine).store.writeText("a", "mine", "v1"), "v2");
  assert.equal(await answering(busy, taken, mine).store.writeText("a", "yours", "v1"), null);
});
