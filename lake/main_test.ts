import assert from "node:assert/strict";
import { START, toot } from "../record/testing/toot.ts";
import { openStore } from "./store/open-store.ts";
import { compact } from "./table/compact.ts";
import { allToots, land } from "./testing/toots.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

Deno.test("the name of a topic cannot lead out of the lake", async () => {
  const lake = await Deno.makeTempDir();
  const asked: [args: string[], env: Record<string, string>, flag: string][] = [
    [["compact", "--topic", "../x"], {}, "--topic"],
    [["info", "--topic", "../x"], {}, "--topic"],
    [["sink", "--topic", "../x"], {}, "--topic"],
    [["info"], { MASTODON_TOPIC: "../x" }, "MASTODON_TOPIC"],
  ];
  await Promise.all(asked.map(async ([args, env, flag]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args, "--lake", lake],
      env,
    }).output();
    const line = new TextDecoder().decode(stderr);
    assert.equal(code, 2, line);
    assert.match(line, new RegExp(`^lake: ${flag}: expected a topic .*, got '\\.\\./x'\\n$`));
  }));
  assert.deepEqual(await Array.fromAsync(Deno.readDir(lake)), []);
});

/** Makes a lake with a toot in each of many months, which are compacted one after the other. */
async function manyMonths(): Promise<string> {
  const location = await Deno.makeTempDir();
  const months = Array.from({ length: 16 }, (_, n) => START - n * 31 * 86_400_000);
  await land(location, months.map((posted_at, n) => toot(n, { posted_at })));
  return location;
}

/**
 * Starts `lake compact`, and sends a signal as soon as its output contains `text`. Returns what it
 * printed, its exit code, and the seconds from the signal to its end.
 */
async function compactUntil(text: string, signal: Deno.Signal, ...args: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "compact", ...args],
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  let said = "";
  let sent: number | null = null;
  for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += part;
    if (sent !== null || !said.includes(text)) continue;
    sent = performance.now();
    child.kill(signal);
  }
  const { code } = await child.status;
  assert.ok(sent !== null, said);
  return { said, code, seconds: (performance.now() - sent) / 1000 };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `${signal} stops a compaction within seconds, and nothing is lost`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const location = await manyMonths();
      const before = await allToots(location);
      const { said, code, seconds } = await compactUntil(", 1 of 16", signal, "--lake", location);
      assert.equal(code, 1, said);
      assert.ok(said.endsWith(`lake: stopped by ${signal}; nothing is lost\n`), said);
      assert.ok(seconds < 8, `${seconds} s`);
      assert.deepEqual(await allToots(location), before);
      // The next compaction does all the work.
      assert.equal((await compact({ location })).rows, 16);
      assert.deepEqual(await allToots(location), before);
      assert.deepEqual(await openStore(location).list("topics/"), []);
    },
  });
}

Deno.test({
  name: "a signal ends lake compact --every between two compactions",
  ignore: Deno.build.os === "windows",
  async fn() {
    const location = await Deno.makeTempDir();
    await land(location, [toot(1)]);
    const args = ["--lake", location, "--every", "1h"];
    const { said, code, seconds } = await compactUntil("wrote 1 files", "SIGTERM", ...args);
    assert.equal(code, 0, said);
    assert.ok(seconds < 8, `${seconds} s`);
    assert.equal((await allToots(location)).length, 1);
  },
});
