/**
 * Which partition of a lake a process writes, and where it goes on.
 *
 * A partition has one writer at a time, or two would give the same name to two
 * files. In a folder the writer holds a lock on the partition; an object store
 * knows no locks, so there a writer takes a number that nobody else has.
 *
 * @module
 */
import { join } from "node:path";
import { WRITING } from "../store/folder-store.ts";
import { fsFailure } from "../store/fs-failure.ts";
import { Failure } from "../../common/failure.ts";
import { writeAll, writeFileAtomically } from "../../common/files.ts";
import { isVisible, parseRawPath, partitionFolder, partitionOf } from "../store/layout.ts";
import type { Store } from "../store/store.ts";

/** A partition that is ours until it is released. */
export interface Claim {
  readonly partition: number;
  release(): void;
}

/**
 * Takes the first partition of a folder that nobody writes and that no writer of
 * another kind has begun, or the one that is `wanted`.
 *
 * @param owner the kind of writer: `listener`, or `kafka <topic>`
 * @param shared whether others of the same owner may have it too: members of a
 * consumer group, of which Kafka sees to it that one at a time writes
 * @throws {Failure} where the wanted partition belongs to another
 */
export async function claimInFolder(
  store: Store,
  owner: string,
  wanted?: number,
  { shared = false }: { shared?: boolean } = {},
): Promise<Claim> {
  const folder = join(store.location, WRITING);
  await fsFailure(folder, () => Deno.mkdir(folder, { recursive: true }));
  const begun = new Set((await store.list("topics/")).map(({ path }) => partitionOf(path)));
  for (let partition = wanted ?? 0;; partition++) {
    const lock = await lockFile(join(folder, `partition=${partition}.lock`), owner, {
      foreign: () => wanted === undefined && begun.has(partition),
      alone: () => sweep(folder, partition),
      shared,
    });
    if (typeof lock !== "string") return { partition, release: lock };
    if (wanted !== undefined) {
      throw new Failure(
        `lake '${store.location}': partition ${wanted} is ${lock}; give this writer another lake`,
      );
    }
  }
}

/** Takes away what a writer of this partition left half done when it was killed. */
async function sweep(folder: string, partition: number): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.includes(`+${partition}-`) && name.endsWith(".tmp")) {
      await Deno.remove(join(folder, name));
    }
  }
}

/** How {@linkcode lockFile} locks. */
interface Locking {
  /** Asked where nobody is named: true where it is not ours to begin. */
  readonly foreign: () => boolean;
  /** Called while nobody else has the lock. */
  readonly alone?: () => Promise<void>;
  readonly shared?: boolean;
}

/** Locks a file that names its owner. Answers how to let go, or why not. */
async function lockFile(
  path: string,
  owner: string,
  { foreign, alone, shared = false }: Locking,
): Promise<string | (() => void)> {
  const file = await fsFailure(
    path,
    () => Deno.open(path, { create: true, read: true, write: true }),
  );
  const release = () => file.close();
  const ours = await file.tryLock(true);
  if (!ours && !(shared && await shareLock(file))) {
    release();
    return "being written by another process";
  }
  const named = await Deno.readTextFile(path);
  if (named === "" ? foreign() : named !== owner) {
    release();
    return named === "" ? "another writer's" : `${named}'s`;
  }
  if (named === "") await writeAll(file, new TextEncoder().encode(owner));
  if (ours) await alone?.();
  if (ours && shared) await file.lock(false);
  return release;
}

/** The others of our kind have it for themselves for a moment only, when they begin. */
async function shareLock(file: Deno.FsFile): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    if (await file.tryLock(false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/** Partitions of our own in an object store start here, above those of any Kafka topic. */
const OWN = 1_000_000;

/**
 * Takes a partition of an object store: a number of our own, drawn once and kept
 * in `<data>/writer.json`, one for each process that writes at the same time.
 */
export async function claimInObjectStore(
  store: Store,
  data: string,
  random: () => number = Math.random,
): Promise<Claim> {
  await fsFailure(data, () => Deno.mkdir(data, { recursive: true }));
  const kept = join(data, "writer.json");
  // Held while the list is read and written, so that two that start together differ.
  using list = await Deno.open(`${kept}.lock`, { create: true, write: true });
  await list.lock(true);
  const partitions = await readPartitions(kept);
  const mine = partitions[store.location] ??= [];
  for (const partition of [...mine, OWN + Math.floor(random() * 2 ** 30)]) {
    const lock = await lockFile(join(data, `writer-${partition}.lock`), "listener", {
      foreign: () => false,
    });
    if (typeof lock === "string") continue;
    if (!mine.includes(partition)) {
      mine.push(partition);
      await writeFileAtomically(kept, JSON.stringify(partitions, null, 2) + "\n");
    }
    return { partition, release: lock };
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
    // What cannot be read names no partition; a fresh one is always right.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The last raw file of a partition, by its offset; null where there is none. */
export async function lastFile(
  store: Store,
  topic: string,
  partition: number,
): Promise<{ path: string; offset: bigint } | null> {
  let last: { path: string; offset: bigint } | null = null;
  for (const { path } of await store.list(partitionFolder(topic, partition))) {
    const name = isVisible(path) ? parseRawPath(path) : null;
    if (name && (last === null || name.offset >= last.offset)) last = { path, offset: name.offset };
  }
  return last;
}
