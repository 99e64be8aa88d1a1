/** Runs the demo as a user would. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../notebooks/support/settings.ts";
import { alive } from "../demo/testing/alive.ts";

/** The README's command, without `npx` and with this Deno. */
const TASK = ["task", "--quiet", "demo"];
/** The program of the task. Without the task in between, signals reach it directly. */
const PROGRAM = ["run", "-A", "--quiet", join(ROOT, "demo", "main.ts")];

interface Run {
  readonly process: Deno.ChildProcess;
  /** The whole output. */
  readonly said: Promise<string>;
}

/** Starts the demo, and calls `hear` with the whole output whenever it grows. */
function start(
  command: readonly string[],
  folder: string,
  hear: (said: string) => void = () => {},
  env: Record<string, string> = {},
): Run {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...command, folder],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  async function follow() {
    let said = "";
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      hear(said);
    }
    return said;
  }
  return { process, said: follow() };
}

/** Returns the child processes of a process, and their child processes. */
async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-e", "-o", "pid=,ppid="] }).output();
  const pairs = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found) {
    found.push(...pairs.filter(([, ppid]) => ppid === parent).map(([child]) => child));
  }
  return found.slice(1);
}

/** Waits until the explorer's updates tell of more toots than at first. */
async function grows(updates: URL): Promise<void> {
  const { body } = await fetch(updates);
  let said = "";
  for await (const text of body!.pipeThrough(new TextDecoderStream())) {
    said += text;
    const toots = [...said.matchAll(/"toots":(\d+)/g)].map(([, n]) => Number(n));
    if (toots.some((n) => n > toots[0]!)) return;
  }
  assert.fail(said);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "demo-test-" });
  try {
    await work(join(folder, "demo"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the demo ends with a lake, a page and six charts", () =>
  inFolder(async (folder) => {
    const { process, said } = start(TASK, folder);
    const { code } = await process.status;
    const text = await said;
    assert.equal(code, 0, text);
    const [, toots] = /lake +.*: ([\d,]+) toots, every published one exactly once/.exec(text) ?? [];
    assert.ok(Number(toots?.replaceAll(",", "")) >= 20_000, text);
    assert.match(text, /filled +tusk\.example cut the connection/);
    assert.match(text, /Toots +[\d,]+ toots from 3 servers in \d+ languages/);
    assert.match(text, /Top apps +Web \d+%/);
    assert.match(text, /\nExplore +deno task explore --lake \S+lake\n\nDone in [\d.]+ s\.\n$/);

    const page = await Deno.readTextFile(join(folder, "mastodon-analysis.html"));
    assert.equal(page.match(/<svg [^>]*class="mastodon-chart"/g)?.length, 6);
    const charts = [...Deno.readDirSync(join(folder, "charts"))];
    assert.equal(charts.filter(({ name }) => name.endsWith(".svg")).length, 6);
  }));

/** Presses Ctrl-C. Returns the processes that the demo had started, and its exit code. */
async function interrupt(process: Deno.ChildProcess) {
  const started = await descendants(process.pid);
  process.kill("SIGINT");
  const { code } = await process.status;
  return { started, code };
}

Deno.test("Ctrl-C ends the demo and all that it started", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const listening = Promise.withResolvers<void>();
    const { process, said } = start(PROGRAM, folder, (text) => {
      // On a fast machine, the history may be read before a line about it is printed.
      if (/ [1-9][\d,]* toots, reading history|listening live/.test(text)) listening.resolve();
    });
    const ended = process.status.then(async () => assert.fail(`it ended: ${await said}`));
    await Promise.race([listening.promise, ended]);
    const { started, code } = await interrupt(process);
    assert.ok(started.length >= 2, "simulator and listener run");
    assert.equal(code, 130, await said);
    assert.deepEqual(started.filter(alive), []);
  }));

Deno.test("with --explore, the demo opens the explorer, and the stream goes on", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inFolder(async (folder) => {
    const programs = await Deno.makeTempDir({ prefix: "demo-programs-" });
    const opened = join(programs, "opened");
    try {
      await Deno.writeTextFile(
        join(programs, "xdg-open"),
        `#!/bin/sh\necho "$1" > "${opened}"\n`,
        { mode: 0o755 },
      );
      const address = Promise.withResolvers<string>();
      const { process, said } = start([...PROGRAM, "--explore"], folder, (text) => {
        const url = /explorer +(http:\S+); the stream goes on until Ctrl-C/.exec(text)?.[1];
        if (url) address.resolve(url);
      }, { PATH: `${programs}:${Deno.env.get("PATH")}` });
      const ended = process.status.then(async () => assert.fail(`it ended: ${await said}`));
      const url = await Promise.race([address.promise, ended]);
      assert.equal((await Deno.readTextFile(opened)).trim(), url);
      await Promise.race([grows(new URL("updates", url)), ended]);
      const { started, code } = await interrupt(process);
      assert.ok(started.length >= 3, "simulator, listener and explorer run");
      assert.equal(code, 0, await said);
      assert.deepEqual(started.filter(alive), []);
    } finally {
      await Deno.remove(programs, { recursive: true });
    }
  }));
