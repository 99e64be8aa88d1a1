import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLake } from "../../lake/mod.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { withViews } from "../../lake/testing/toots.ts";

const CHILD = fileURLToPath(new URL("./testing/write-until.ts", import.meta.url));
const RUNS = 20;

/** Generates random numbers from a seed, so that a failure can be repeated. */
function* numbers(seed: number, below: number): Generator<number> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield (state >>> 8) % below;
  }
}

Deno.test(`killed ${RUNS} times at random: nothing durable is lost, and no partial file is visible`, async () => {
  const data = await Deno.makeTempDir();
  const location = join(data, "lake");
  let first = 1;
  let durable = 0;
  const random = numbers(42, 60);
  for (let run = 1; run <= RUNS; run++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", CHILD, location, data, String(first)],
      stdout: "piped",
    }).spawn();
    // The process is killed after a random line, so the crash may hit any step of writing.
    let left = 1 + random.next().value!;
    let taken = first - 1;
    try {
      for await (const line of linesOf(child.stdout)) {
        const [what, seq] = line.split(" ");
        if (what === "durable") durable = Number(seq);
        else taken = Number(seq);
        if (--left === 0) child.kill("SIGKILL");
      }
    } finally {
      if (left > 0) child.kill("SIGKILL");
    }
    assert.equal((await child.status).signal, "SIGKILL");

    const files = await openStore(location).list("topics/mastodon-topic/");
    if (files.length > 0) {
      // Reads the files directly, without the views, with the simplest pattern.
      const lake = await openLake({ location });
      const [row] = await lake.query<{ n: bigint }>(
        `select count(distinct uri) as n from read_parquet('${location}/topics/mastodon-topic/*/*')
         where split_part(uri, '/', 5)::INTEGER < ${10 * (durable + 1)}`,
      );
      await lake.close();
      assert.equal(row!.n, BigInt(10 * durable), `run ${run}: of batches 1 to ${durable}`);
    } else assert.equal(durable, 0);
    assert.ok(taken >= durable);
    // The next run begins after the last durable batch, as a restarted listener would.
    first = durable + 1;
  }
  assert.ok(durable > 20, `only ${durable} batches were durable: killed too early to mean much`);
  await withViews(location, async (lake) => {
    const [row] = await lake.query<{ n: bigint; rows: bigint }>(
      `select count(*) as n, count(distinct uri) as rows from mastodon_toot
       where split_part(uri, '/', 5)::INTEGER < ${10 * (durable + 1)}`,
    );
    const deleted = Math.floor(durable / 3);
    assert.deepEqual(row, {
      n: BigInt(10 * durable - deleted),
      rows: BigInt(10 * durable - deleted),
    });
  });
});

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}
