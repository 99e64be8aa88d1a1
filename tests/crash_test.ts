/**
 * Kills the listener with SIGKILL and starts it again, many times. No published status may be lost
 * or shown twice.
 *
 * `CRASHES=200 CRASH_SEED=7 deno test -A tests/crash_test.ts` kills it more often and at other
 * moments.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createViews, openLake } from "../lake/mod.ts";
import { type Federation, startFederation, type Truth } from "../simulator/mod.ts";
import { covered } from "./covered.ts";
import { createRandom } from "./fuzz/random.ts";

const CRASHES = Number(Deno.env.get("CRASHES") ?? 20);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? 1);
const random = createRandom(SEED);
const MAIN = new URL("../listener/main.ts", import.meta.url).pathname;

/** The longest time before a kill, in milliseconds after the listener has begun to listen. */
const LIFE = 1_000;

function startListener(federation: Federation, folder: string): Deno.ChildProcess {
  const { servers } = federation;
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "--public", "--since", "all", "--consent", "none", "--quiet"],
      ...servers.flatMap(({ baseURL }) => ["--baseURL", baseURL]),
      ...["--lake", `${folder}/lake`, "--flush", "1"],
    ],
    env: Object.fromEntries(servers.map(({ baseURL, token }) => [
      `MASTODON_TOKEN_${new URL(baseURL).host.replace(/[^\d]/g, "_")}`,
      token,
    ])),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Collects the output of a process, and waits for text in it. */
function listenTo(child: Deno.ChildProcess) {
  let text = "";
  let wake = () => {};
  const over = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += part;
      wake();
    }
  })();
  return {
    text: () => text,
    async until(holds: (text: string) => boolean) {
      while (!holds(text)) {
        const ended = await Promise.race([
          over.then(() => true),
          new Promise<false>((resolve) => wake = () => resolve(false)),
        ]);
        if (ended && !holds(text)) throw new Error(`The listener ended: ${text}`);
      }
    },
  };
}

const streams = (text: string) => text.split("the stream of its").length - 1;

/** Returns the deletes in the lake. */
async function durableDeletes(folder: string): Promise<string> {
  const lake = await openLake({ location: `${folder}/lake` });
  try {
    const files = `${lake.location}/topics/mastodon-delete-topic/*/*.parquet`;
    const rows = await lake.query(`select status_id from read_parquet('${files}')`);
    return JSON.stringify(rows);
  } catch {
    return ""; // There are none yet.
  } finally {
    await lake.close();
  }
}

/** Returns the deletes that the listener has received, but not written to the lake yet. */
async function heardDeletes(folder: string): Promise<string> {
  let text = "";
  try {
    for await (const { name } of Deno.readDir(`${folder}/checkpoints`)) {
      if (!name.endsWith(".deletes.jsonl")) continue;
      text += await Deno.readTextFile(`${folder}/checkpoints/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // There is no delete yet.
  }
  return text;
}

/**
 * Deletes a status, and waits until the listener has received the delete from every server that had
 * the status.
 */
async function deleteHeard(federation: Federation, folder: string): Promise<void> {
  // The status may have any age, because only the delete can remove a status that was stored long
  // ago.
  const there = federation.truth();
  const gone = federation.delete(random.pick(there).uri)!;
  const ids = Object.values(gone.ids);
  for (let look = 1; look < 4_000; look++) {
    const heard = look % 200 === 0 ? await durableDeletes(folder) : await heardDeletes(folder);
    if (ids.every((id) => heard.includes(id))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("A delete was not heard");
}

async function viewOf(folder: string): Promise<{ uri: string; edited: bigint | null }[]> {
  const lake = await openLake({ location: `${folder}/lake` });
  try {
    await createViews(lake);
    return await lake.query(
      "select uri, epoch_ms(edited_at) as edited from mastodon_toot order by uri",
    );
  } finally {
    await lake.close();
  }
}

Deno.test({
  name: `killed ${CRASHES} times (seed ${SEED}), the listener loses nothing and doubles nothing`,
  ignore: Deno.build.os === "windows", // Windows has no SIGKILL.
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const federation = await startFederation({
      servers: 2,
      seed: 7,
      history: 600_000,
      rateLimit: 1_000_000,
      outside: 0,
      deletes: 0,
    });
    const publishing = new AbortController();
    const published = federation.run({ rate: 100, signal: publishing.signal });
    try {
      for (let crash = 0; crash < CRASHES; crash++) {
        const child = startListener(federation, folder);
        const said = listenTo(child);
        // The listener is killed at once, while it fetches missed statuses, or long after that.
        if (crash % 4 === 0) await said.until((text) => text.includes("Mastodon"));
        else {
          await said.until((text) => streams(text) === federation.servers.length);
          await deleteHeard(federation, folder);
        }
        await new Promise((resolve) => setTimeout(resolve, random.next() ** 2 * LIFE));
        child.kill("SIGKILL");
        assert.equal((await child.status).signal, "SIGKILL", said.text());
      }
      publishing.abort();
      await published;
      const stopped = Date.now();
      const child = startListener(federation, folder);
      const said = listenTo(child);
      await said.until((text) => streams(text) === federation.servers.length);
      federation.publish(1);
      await deleteHeard(federation, folder);
      await covered(folder, federation.servers.length, stopped);
      child.kill("SIGINT");
      assert.equal((await child.status).code, 0, said.text());

      const truth = federation.truth().map(({ uri }: Truth) => uri).sort();
      const view = await viewOf(folder);
      const uris = view.map(({ uri }) => uri).sort();
      assert.ok(truth.length > 500, `${truth.length} statuses`);
      assert.ok(federation.deleted().length > CRASHES / 2);
      const [there, seen] = [new Set(truth), new Set(uris)];
      assert.deepEqual(truth.filter((uri) => !seen.has(uri)), [], "lost");
      assert.deepEqual(
        uris.filter((uri) => !there.has(uri)),
        [],
        "deleted, and there all the same",
      );
      assert.equal(seen.size, uris.length, "twice");
    } finally {
      publishing.abort();
      await published;
      await federation.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
