/**
 * Makes sure that a topic has one compaction at a time.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { WRITING } from "../store/folder-store.ts";
import { fsFailure } from "../store/fs-failure.ts";
import { compactedFolder } from "../store/layout.ts";
import { isS3 } from "../store/location.ts";
import type { Store } from "../store/store.ts";

/** A lease ends after this many milliseconds, unless its holder renews it. */
const LEASE = 120_000;
/** Milliseconds between two renewals of a lease. */
const RENEW = 30_000;

/**
 * Takes the lock. In a folder it is a file lock, which ends with the process. In an object store it
 * is a lease that is renewed. A lease may be lost, for example when the machine sleeps. Even then
 * the lake is safe, because the next metadata file is created exclusively. The lock only avoids
 * useless work.
 *
 * @returns a function that releases the lock
 * @throws {Failure} if another compaction is running
 */
export async function lockCompaction(
  store: Store,
  topic: string,
  now: () => number = Date.now,
): Promise<() => Promise<void>> {
  return isS3(store.location)
    ? await takeLease(store, topic, now)
    : await lockFolder(store.location, topic);
}

function busy(store: { location: string }, more = ""): Failure {
  return new Failure(`lake '${store.location}' is being compacted by another process${more}`);
}

async function lockFolder(location: string, topic: string): Promise<() => Promise<void>> {
  const folder = join(location, WRITING);
  const path = join(folder, `compact+${topic}.lock`);
  const file = await fsFailure(path, async () => {
    await Deno.mkdir(folder, { recursive: true });
    return await Deno.open(path, { create: true, write: true });
  });
  if (!await file.tryLock(true)) {
    file.close();
    throw busy({ location });
  }
  return () => Promise.resolve(file.close());
}

/** Returns the path of a topic's lease, relative to the lake. */
export function leasePath(topic: string): string {
  return `${compactedFolder(topic)}lease.json`;
}

async function takeLease(
  store: Store,
  topic: string,
  now: () => number,
): Promise<() => Promise<void>> {
  const path = leasePath(topic);
  const holder = crypto.randomUUID();
  const text = () => JSON.stringify({ holder, until: now() + LEASE }) + "\n";
  const stands = await store.readText(path);
  const until = stands === null ? 0 : untilOf(stands.text);
  if (until > now()) {
    const seconds = Math.ceil((until - now()) / 1000);
    throw busy(store, ` (if that was killed, its lease ends in ${seconds} s)`);
  }
  let version = await store.writeText(path, text(), stands?.version ?? null);
  if (version === null) throw busy(store);
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(async () => {
      if (version !== null) version = await store.writeText(path, text(), version);
    }).catch(() => {}); // The next renewal tries again.
  }, RENEW);
  return async () => {
    clearInterval(timer);
    await renewing;
    if (version !== null) await store.remove([path]);
  };
}

function untilOf(text: string): number {
  try {
    return Number((JSON.parse(text) as { until?: unknown }).until) || 0;
  } catch {
    return 0; // The lease is damaged, so nobody holds it.
  }
}
