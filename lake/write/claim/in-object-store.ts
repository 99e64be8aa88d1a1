/**
 * Claims a partition of a lake in an object store.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../../common/failure.ts";
import { writeFileAtomically } from "../../../common/files.ts";
import { fsFailure } from "../../store/fs-failure.ts";
import type { Store } from "../../store/store.ts";
import type { Claim } from "./claim.ts";
import { lockFile } from "./lock-file.ts";

/**
 * The first partition number of listeners in object stores. It is higher than that of any Kafka
 * partition.
 */
const FIRST_OWN = 1_000_000;

/**
 * Claims a partition with a random number. The number is saved in `<data>/writer.json`, and the
 * next process takes it again. If several processes write at the same time, each has its own number
 * in that file.
 *
 * @param data the listener's data folder, created if necessary
 */
export async function claimInObjectStore(
  store: Store,
  data: string,
  random: () => number = Math.random,
): Promise<Claim> {
  await fsFailure(data, () => Deno.mkdir(data, { recursive: true }));
  const saved = join(data, "writer.json");
  // The lock is held while the file is read and written, so that two processes that start together
  // get different numbers.
  using lock = await Deno.open(`${saved}.lock`, { create: true, write: true });
  await lock.lock(true);
  const partitions = await readPartitions(saved);
  const mine = partitions[store.location] ??= [];
  for (const partition of [...mine, FIRST_OWN + Math.floor(random() * 2 ** 30)]) {
    const release = await lockFile(join(data, `writer-${partition}.lock`), "listener");
    if (typeof release === "string") continue;
    if (!mine.includes(partition)) {
      mine.push(partition);
      await writeFileAtomically(saved, JSON.stringify(partitions, null, 2) + "\n");
    }
    return { partition, release };
  }
  throw new Failure(`${data}: no partition is free; remove its writer-*.lock files`);
}

async function readPartitions(path: string): Promise<Record<string, number[]>> {
  try {
    const read = JSON.parse(await Deno.readTextFile(path)) as Record<string, number[]>;
    const sound = typeof read === "object" && read !== null &&
      Object.values(read).every((list) => Array.isArray(list) && list.every(Number.isSafeInteger));
    return sound ? read : {};
  } catch (error) {
    // A missing or damaged file does no harm, because a new number is always right.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return {};
    throw error;
  }
}
