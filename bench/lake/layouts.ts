/**
 * The lakes that are measured: the same records in files of different sizes.
 *
 * @module
 */
import { deleteTopic, DELETION_COLUMNS, TOOT_COLUMNS, TOOT_TOPIC } from "../../record/record.ts";
import { openRowFiles, type RowFile } from "../../lake/write/row-file.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { openTopicWriter } from "../../lake/write/topic-writer.ts";
import type { Heard } from "./toots.ts";

/**
 * Writes records into a lake, with `rows` toots per file. After each file of toots, the deletes
 * that came between its toots are written into a separate file.
 */
export async function writeLake(
  location: string,
  heard: Iterable<Heard>,
  rows: number,
  partition = 0,
): Promise<void> {
  const store = openStore(location);
  const files = await openRowFiles({ memory: "4GB" });
  const topic = (topic: string, columns: typeof TOOT_COLUMNS, sortedBy: string[]) => {
    const writer = openTopicWriter({ store, files, topic, partition, columns, sortedBy });
    let file: RowFile | null = null;
    let offset = 0n;
    let waiting: object[] = [];
    async function take() {
      file ??= await writer.start();
      file.append(waiting);
      waiting = [];
    }
    return {
      async add(row: object) {
        if (waiting.push(row) === 2048) await take();
      },
      async publish() {
        if (waiting.length > 0) await take();
        if (file === null) return;
        await writer.publish(file, offset);
        offset += BigInt(file.rows);
        file = null;
      },
    };
  };
  const toots = topic(TOOT_TOPIC, TOOT_COLUMNS, ["posted_at"]);
  const deletions = topic(deleteTopic(TOOT_TOPIC), DELETION_COLUMNS, ["deleted_at"]);
  try {
    let count = 0;
    for (const one of heard) {
      if (one.kind === "deletion") {
        await deletions.add(one.deletion);
        continue;
      }
      await toots.add(one.toot);
      if (++count % rows > 0) continue;
      await toots.publish();
      await deletions.publish();
    }
    await toots.publish();
    await deletions.publish();
  } finally {
    files.close();
  }
}

/** The number of parts of a large lake. Each part is made by a separate process. */
const PARTS = 8;

/** Writes the records of many toots into a lake, using all cores. */
export async function writeLargeLake(
  location: string,
  toots: number,
  rows: number,
  progress: (parts: string) => void,
): Promise<void> {
  let next = 0;
  async function work() {
    while (next < PARTS) {
      const part = next++;
      const script = new URL("write.ts", import.meta.url).pathname;
      const args = [location, toots, rows, part, PARTS].map(String);
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", script, ...args],
        cwd: new URL("../../", import.meta.url),
      }).spawn().status;
      if (!success) throw new Error(`part ${part} of ${location} was not made`);
      progress(`part ${part + 1} of ${PARTS}`);
    }
  }
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
}

/** Removes every file of a lake. */
export async function removeLake(location: string): Promise<void> {
  const store = openStore(location);
  await store.remove((await store.list("")).map(({ path }) => path));
}
