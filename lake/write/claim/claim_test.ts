import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "../../store/open-store.ts";
import { claimInFolder } from "./in-folder.ts";
import { claimInObjectStore } from "./in-object-store.ts";

const touch = async (path: string) => {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, "");
};

Deno.test("a writer claims the first partition that no other writer or kind of writer uses", async () => {
  const location = await Deno.makeTempDir();
  const store = openStore(location);
  // This file of Kafka Connect was copied into the lake.
  await touch(join(location, "topics/t/partition=0/t+0+0000000000.snappy.parquet"));
  const first = await claimInFolder(store, "listener");
  const second = await claimInFolder(store, "listener");
  assert.deepEqual([first.partition, second.partition], [1, 2]);
  first.release();
  assert.equal((await claimInFolder(store, "listener")).partition, 1);
  second.release();
  await assert.rejects(claimInFolder(store, "kafka t", 2), /partition 2 is listener's/);
  const kafka = await claimInFolder(store, "kafka t", 0);
  assert.equal(kafka.partition, 0);
  await assert.rejects(claimInFolder(store, "kafka t", 0), /being written by another process/);
  kafka.release();
  assert.equal((await claimInFolder(store, "listener")).partition, 2, "0 stays Kafka's");
});

Deno.test("the next writer of a partition removes what a killed writer did not finish", async () => {
  const location = await Deno.makeTempDir();
  const store = openStore(location);
  for (const name of ["t+0-77-1.tmp", "t+10-77-1.tmp"]) {
    await touch(join(location, ".writing", name));
  }
  (await claimInFolder(store, "listener")).release();
  const left = [...Deno.readDirSync(join(location, ".writing"))].map(({ name }) => name).sort();
  assert.deepEqual(left, ["partition=0.lock", "t+10-77-1.tmp"]);
});

Deno.test("in an object store, a writer picks a random partition once, and keeps it", async () => {
  const data = join(await Deno.makeTempDir(), "data");
  const store = { ...openStore(data), location: "s3://lake" };
  const random = () => 0.5;
  const mine = await claimInObjectStore(store, data, random);
  const twin = await claimInObjectStore(store, data, () => 0.25);
  assert.notEqual(mine.partition, twin.partition);
  mine.release();
  assert.equal((await claimInObjectStore(store, data, () => 0.1)).partition, mine.partition);
  // A damaged list does not contain any partition.
  await Deno.writeTextFile(join(data, "writer.json"), "{");
  const fresh = await claimInObjectStore(store, data, () => 0.75);
  assert.ok(![mine.partition, twin.partition].includes(fresh.partition));
});
