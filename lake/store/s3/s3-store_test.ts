import assert from "node:assert/strict";
import { systemClock } from "../../../common/clock.ts";
import { FileGone, Unreachable } from "../failures.ts";
import { PART_BYTES } from "./multipart.ts";
import { s3Settings } from "../s3-settings.ts";
import { s3Store } from "./s3-store.ts";
import { answeringStore, storeAnswering } from "./testing/bucket.ts";

const error = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code><Message>…</Message></Error>`, { status });
const busy = () => error(503, "SlowDown");

Deno.test("a request to a busy store is retried", async () => {
  const { store, urls } = storeAnswering(busy, busy, () => new Response("text"));
  assert.equal((await store.readText("a"))!.text, "text");
  assert.equal(urls.length, 3);
});

Deno.test("a store that stays busy is unreachable after five attempts", async () => {
  const { store, urls } = storeAnswering(busy);
  await assert.rejects(store.readText("a"), Unreachable);
  assert.equal(urls.length, 5);
});

Deno.test("a write that succeeded despite an error is recognised as our own", async () => {
  const taken = () => error(412, "PreconditionFailed");
  const mine = () => new Response("mine", { headers: { etag: "v2" } });
  assert.equal(await storeAnswering(busy, taken, mine).store.writeText("a", "mine", "v1"), "v2");
  assert.equal(await storeAnswering(busy, taken, mine).store.writeText("a", "yours", "v1"), null);
});

Deno.test("a new file is claimed with If-None-Match, a known one with If-Match", async () => {
  const headers: (string | null)[][] = [];
  const { store } = answeringStore((request) => {
    headers.push([request.headers.get("if-none-match"), request.headers.get("if-match")]);
    return new Response("", { headers: { etag: `"v1"` } });
  });
  assert.equal(await store.writeText("a", "1", null), `"v1"`);
  await store.writeText("a", "2", `"v1"`);
  assert.deepEqual(headers, [["*", null], [null, `"v1"`]]);
});

Deno.test("a missing object is null, and a missing bucket is an error", async () => {
  const noKey = () => error(404, "NoSuchKey");
  assert.equal(await storeAnswering(noKey).store.readText("a"), null);
  assert.equal(await storeAnswering(noKey).store.readBytes("a"), null);
  const noBucket = () => error(404, "NoSuchBucket");
  await assert.rejects(storeAnswering(noBucket).store.readText("a"), /no such bucket/);
  await assert.rejects(storeAnswering(noBucket).store.writeText("a", "", null), /no such bucket/);
});

Deno.test("a refusal of any form says what to do", async () => {
  const refuse = (answer: () => Response) => storeAnswering(answer).store.readText("a");
  await assert.rejects(refuse(() => error(403, "SignatureDoesNotMatch")), /AWS_SECRET_ACCESS_KEY/);
  // A proxy in front of the object store may answer with HTML, or with nothing.
  await assert.rejects(refuse(() => new Response("<html>", { status: 403 })), /HTTP 403/);
  await assert.rejects(refuse(() => new Response(null, { status: 502 })), Unreachable);
});

Deno.test("a range of an object that changed meanwhile is not read", async () => {
  const read = (answer: () => Response) => storeAnswering(answer).store.read("a", 0, 4, "v1");
  assert.equal((await read(() => new Response("text", { status: 206 }))).length, 4);
  await assert.rejects(read(() => error(412, "PreconditionFailed")), FileGone);
  await assert.rejects(read(() => error(404, "NoSuchKey")), /removed/);
  await assert.rejects(read(() => new Response("te", { status: 206 })), FileGone);
});

Deno.test("keys are encoded, and rows are kept in a header", async () => {
  const { store, urls } = answeringStore((request) =>
    new Response(null, { headers: { "x-amz-meta-rows": request.method === "HEAD" ? "7" : "" } })
  );
  assert.equal(await store.rowCount("partition=0/t+0 (1)*.parquet"), 7);
  assert.equal(urls[0]!.pathname, "/lake/at/partition%3D0/t%2B0%20(1)*.parquet");
});

Deno.test("a large file is uploaded in parts, and an error inside the last answer is noticed", async () => {
  const begin =
    "<InitiateMultipartUploadResult><UploadId>a&amp;b</UploadId></InitiateMultipartUploadResult>";
  const large = async (last: string) => {
    const log: string[] = [];
    const { store } = answeringStore((request) => {
      const { searchParams } = new URL(request.url);
      const part = searchParams.get("partNumber") ?? "";
      log.push(`${request.method} ${part}`.trim());
      if (searchParams.has("uploads")) return new Response(begin);
      assert.equal(searchParams.get("uploadId"), "a&b");
      return request.method === "POST"
        ? new Response(last)
        : new Response(null, { headers: { etag: `"${part}"` } });
    });
    const scratch = await store.scratch("large");
    await Deno.truncate(scratch, 2 * PART_BYTES + 1);
    try {
      return { log, failure: await store.publish(scratch, "a", 1).then(() => null, String) };
    } finally {
      await Deno.remove(scratch).catch(() => {});
    }
  };
  assert.deepEqual(
    await large("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"),
    {
      log: ["POST", "PUT 1", "PUT 2", "PUT 3", "POST"],
      failure: null,
    },
  );
  const { log, failure } = await large("<Error><Code>InternalError</Code></Error>");
  assert.equal(log.at(-1), "DELETE");
  assert.match(failure!, /InternalError/);
});

Deno.test("an object store that takes the request and says nothing is unreachable within a minute", async () => {
  const waits: number[] = [];
  const store = s3Store("s3://lake/at", s3Settings(() => undefined), {
    fetch: (_request, init) =>
      new Promise((_resolve, reject) => {
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason));
      }),
    clock: {
      ...systemClock,
      after(milliseconds, callback) {
        waits.push(milliseconds);
        setTimeout(callback);
        return () => {};
      },
    },
  });
  await assert.rejects(store.readText("a"), Unreachable);
  await assert.rejects(store.writeText("a", "x".repeat(2_000_000), null), Unreachable);
  assert.ok(waits[0]! <= 60_000, "a question");
  assert.ok(waits[1]! > waits[0]!, "an upload takes longer");
});
