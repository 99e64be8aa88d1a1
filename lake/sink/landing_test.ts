import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { openLake } from "../engine/open.ts";
import { type Deletion, DELETION_COLUMNS } from "../../record/record.ts";
import { openRowFiles } from "../write/row-file.ts";
import { openStore } from "../store/open-store.ts";
import { covered } from "../../record/testing/toot.ts";
import type { Decoder, Kind } from "./decode.ts";
import { openLanding } from "./landing.ts";

const decoder: Decoder = {
  learn: () => Promise.resolve(),
  decode: () => ({ unreadable: "" }),
};
const deletion = (id: number): Deletion => ({
  base_url: "https://a.example",
  status_id: String(id),
  deleted_at: 1_769_934_600_000 + id,
});

async function withLanding(
  run: (landing: ReturnType<typeof openLanding>, folder: string) => Promise<void>,
  kind: Kind = "deletion",
) {
  const folder = await Deno.makeTempDir();
  const files = await openRowFiles();
  try {
    const topic = kind === "deletion" ? "mastodon-delete-topic" : "mastodon-coverage-topic";
    const place = { topic, partition: 3 };
    const store = openStore(folder);
    await run(openLanding(place, { store, files, kind, decoder, retry: {} }), folder);
  } finally {
    files.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("files lie where Connect's S3 sink puts them, with the record's columns", async () => {
  await withLanding(async (landing, folder) => {
    const rows = await landing.start();
    rows.append([deletion(1), deletion(2)]);
    const path = await landing.publish(rows, 42n, () => true);
    assert.equal(
      path,
      "topics/mastodon-delete-topic/partition=3/mastodon-delete-topic+3+0000000042.zstd.parquet",
    );
    const lake = await openLake({ location: folder });
    const columns = await lake.query<{ column_name: string }>(
      `describe select * from read_parquet('${folder}/${path}', hive_partitioning = false)`,
    );
    assert.deepEqual(
      columns.map(({ column_name }) => column_name),
      DELETION_COLUMNS.map(({ name }) => name),
    );
    await lake.close();
  });
});

Deno.test("an existing file is recognised by its rows, and a file of another topic is kept", async () => {
  await withLanding(async (landing) => {
    assert.equal(await landing.existing(0n, deletion(1)), 0);
    const rows = await landing.start();
    rows.append([deletion(1), deletion(2), deletion(3)]);
    await landing.publish(rows, 0n, () => true);
    assert.equal(await landing.existing(0n, deletion(1)), 3);
    await assert.rejects(
      landing.existing(0n, deletion(4)),
      (error) => error instanceof Failure && /belongs to an earlier topic/.test(error.message),
    );
    // Another member has written more rows meanwhile.
    const fewer = await landing.start();
    fewer.append([deletion(1)]);
    await assert.rejects(landing.publish(fewer, 0n, () => true), /another sink writes/);
    assert.equal(await landing.existing(0n, deletion(1)), 3);
  });
});

Deno.test("an existing file of coverage is recognised by its rows", async () => {
  await withLanding(async (landing) => {
    const rows = await landing.start();
    rows.append([covered(1), covered(2)]);
    await landing.publish(rows, 0n, () => true);
    assert.equal(await landing.existing(0n, covered(2)), 2);
    await assert.rejects(landing.existing(0n, covered(3)), /belongs to an earlier topic/);
  }, "coverage");
});

Deno.test("files of partitions that were lost are not written", async () => {
  await withLanding(async (landing) => {
    const rows = await landing.start();
    rows.append([deletion(1)]);
    assert.equal(await landing.publish(rows, 0n, () => false), null);
    assert.equal(await landing.existing(0n, deletion(1)), 0);
  });
});
