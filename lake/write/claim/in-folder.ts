/**
 * Claims a partition of a lake in a folder.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../../common/failure.ts";
import { WRITING } from "../../store/folder-store.ts";
import { fsFailure } from "../../store/fs-failure.ts";
import { partitionOf } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import type { Claim } from "./claim.ts";
import { lockFile } from "./lock-file.ts";

/**
 * Claims the partition `wanted`. Without it, claims the first partition that no process is writing
 * and that no writer of another kind has begun.
 *
 * @param owner the kind of writer: `listener`, or `kafka <topic>`
 * @param shared true if several processes of this owner may hold the claim at the same time. The
 * members of a consumer group may, because Kafka lets only one of them read the partition. Default:
 * false
 * @throws {Failure} if the wanted partition belongs to another writer
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
      refuseUnowned: () => wanted === undefined && begun.has(partition),
      whileExclusive: () => removeUnfinished(folder, partition),
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

/** Removes the unfinished files of a killed writer of this partition. */
async function removeUnfinished(folder: string, partition: number): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.includes(`+${partition}-`) && name.endsWith(".tmp")) {
      await Deno.remove(join(folder, name));
    }
  }
}
