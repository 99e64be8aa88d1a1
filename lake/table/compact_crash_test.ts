import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compact } from "./compact.ts";
import { openStore } from "../store/open-store.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";
import { allToots, land, withViews } from "../testing/toots.ts";

const DAY = 86_400_000;
const CHILD = fileURLToPath(new URL("./testing/compact-until.ts", import.meta.url));

async function copy(from: string, to: string): Promise<string> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
  return to;
}

/**
 * Makes a lake of two days with duplicates and deletes. With `again`, it is compacted once, and
 * more toots follow.
 */
async function lakeToCompact(again: boolean): Promise<string> {
  const location = await Deno.makeTempDir();
  const toots = (day: number, words: number) =>
    Array.from({ length: 10 }, (_, n) =>
      toot(day * 100 + n, {
        posted_at: START + day * DAY + n * 60_000,
        edited_at: START + 9 * DAY + words,
        words,
      }));
  for (let day = 0; day < 2; day++) {
    for (let file = 0; file < 5; file++) {
      await land(location, toots(day, file), [gone(day * 100 + file)]);
    }
  }
  if (again) {
    await compact({ location });
    await land(location, toots(0, 77), [gone(108)]);
    await land(location, toots(2, 1), [gone(7)]);
  }
  return location;
}

async function runUntil(
  location: string,
  step: number,
): Promise<{ steps: string[]; killed: boolean }> {
  const { stdout, signal, code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", CHILD, location, String(step)],
  }).output();
  assert.ok(signal === "SIGKILL" || code === 0, new TextDecoder().decode(stderr));
  return {
    steps: new TextDecoder().decode(stdout).trim().split("\n"),
    killed: signal === "SIGKILL",
  };
}

for (const again of [false, true]) {
  const which = again ? "a second compaction" : "the first compaction";
  Deno.test(`${which} can be killed at every step, and the view does not change`, async () => {
    const original = await lakeToCompact(again);
    const before = await allToots(original);
    const seen = new Set<string>();
    for (let step = 1;; step++) {
      const location = await copy(original, join(await Deno.makeTempDir(), "lake"));
      const { steps, killed } = await runUntil(location, step);
      assert.deepEqual(await allToots(location), before, `killed at step ${step}: ${steps.at(-1)}`);
      steps.forEach((name) => seen.add(name));
      // The next compaction finishes the work, and leaves no unused files.
      await compact({ location });
      assert.deepEqual(await allToots(location), before, `after step ${step}: ${steps.at(-1)}`);
      const files = (await openStore(location).list("")).map(({ path }) => path);
      assert.deepEqual(
        files.filter((path) => path.startsWith("topics/") || path.endsWith(".tmp")),
        [],
      );
      const named = await withViews(
        location,
        (lake) =>
          lake.query<{ n: number }>(
            "select count(distinct file)::INTEGER as n from lake.compacted",
          ),
      );
      const written = files.filter((path) => path.includes("/data/"));
      assert.equal(written.length, named[0]!.n, "no file that the table does not name");
      if (!killed) break;
    }
    for (
      const name of [
        ...["wrote deletes", "wrote manifests", "wrote manifest list", "published"],
        ...["wrote version hint", "removing"],
      ]
    ) {
      assert.ok(seen.has(name), `${name} is a step`);
    }
  });
}
