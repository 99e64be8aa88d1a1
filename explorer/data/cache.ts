/**
 * Keeps the explorer's tables of a lake in a file, so that the next start need not read the whole
 * lake again. The tables contain the columns that charts count, without names and texts.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The claim on a file for tables. No other explorer uses the file until the claim is released. */
export interface Claim {
  readonly file: string;
  /** Removes the tables; the claim stays. */
  clear(): Promise<void>;
  /** Lets other explorers use the file. */
  release(): Promise<void>;
}

/**
 * Claims the file in `folder` for the tables of one lake and topic. `lake` names both of them. If
 * `folder` is null, or the file cannot be claimed, for example because another explorer uses it, a
 * file in `scratch` is used instead. That file is not kept.
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
    // deno-lint-ignore require-await -- the interface declares a promise
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
