/**
 * Where the explorer keeps its tables of a lake, so that the next start need not read
 * the whole lake again. They hold what charts count, without names and texts.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** A file for tables, and for nobody else while it is claimed. */
export interface Claim {
  readonly file: string;
  /** Removes the tables; the claim stays. */
  clear(): Promise<void>;
  /** Lets others have it. */
  release(): Promise<void>;
}

/**
 * Claims the file of one lake and topic in a folder. Another explorer over the same lake
 * may have it: then, and without a folder, the file lies in `scratch` and is not kept.
 */
export async function claimTables(
  { folder, lake, scratch }: { folder: string | null; lake: string; scratch: string },
): Promise<Claim> {
  const kept = folder === null ? null : await claimKept(folder, lake).catch(() => null);
  const file = kept?.file ?? join(scratch, "tables.duckdb");
  return {
    file,
    async clear() {
      for (const path of [file, `${file}.wal`]) await Deno.remove(path).catch(() => {});
    },
    // deno-lint-ignore require-await -- as it is declared
    release: async () => kept?.lock.close(),
  };
}

async function claimKept(folder: string, lake: string) {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(lake).digest("hex").slice(0, 16);
  const file = join(folder, `${name}.duckdb`);
  const lock = await Deno.open(`${file}.lock`, { create: true, write: true });
  if (await lock.tryLock(true)) return { file, lock };
  lock.close();
  return null;
}
