/**
 * Runs every command of the README with simulated servers. `--limit` lets the listeners end, and
 * the lake is in a temporary folder.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { retry } from "../common/retry.ts";
import { parseOptions } from "../listener/options.ts";
import { startFederation } from "../simulator/mod.ts";
import { ROOT } from "./house/sources.ts";

const readme = await Deno.readTextFile(join(ROOT, "README.md"));

/** Returns the code blocks of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))]
    .map(([, code]) => code!);
}

/** The commands of the README, one per line, without comments. */
const commands = blocks("sh").flatMap((block) =>
  block.replaceAll(/\\\n\s*/g, "").split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "")
);

/** Commands that another file runs, and the words in that file that run them. */
const ELSEWHERE: Record<string, readonly [file: string, words: string]> = {
  "npx -y deno@2.9.6 task --quiet demo": ["tests/demo_test.ts", `["task", "--quiet", "demo"]`],
  // This command needs Docker. The tests check the compose file, and a workflow starts the stack.
  "docker compose up -d": [".github/workflows/smoke.yml", "task smoke:compose"],
};

/** Commands that serve a page until they are stopped, and arguments for a free port. */
const SERVING: Record<string, readonly string[]> = {
  explore: ["--port", "0"],
  lab: ["--no-browser", "--port=0"],
};

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Turns a command of the README into a command for the running Deno, in `folder`. */
function program(
  command: string,
  folder: string,
  more: readonly string[],
  options: Deno.CommandOptions = {},
): Deno.Command {
  const lake = join(folder, "data", "lake");
  const env: Record<string, string> = { NO_COLOR: "1", LAKE: lake, MASTODON_LAKE: lake };
  const [, settings, deno] = /^((?:\w+=\S+ +)*)(?:npx -y deno@\S+|deno) +(.*)$/.exec(command)!;
  for (const [, name, value] of settings!.matchAll(/(\w+)=(\S+)/g)) env[name!] = value!;
  const [first, ...words] = deno!.split(/\s+/);
  const args = [
    first!,
    ...(first === "task" ? [] : ["--no-prompt"]),
    ...["--config", join(ROOT, "deno.json")],
    ...words.map((word) => word === "listener/main.ts" ? join(ROOT, word) : word),
    ...more,
  ];
  return new Deno.Command(Deno.execPath(), { ...options, args, cwd: folder, env });
}

/** Runs a command of the README in `folder`, with the running Deno. */
async function run(command: string, folder: string, more: readonly string[] = []): Promise<Run> {
  const signal = AbortSignal.timeout(60_000);
  const output = await program(command, folder, more, { signal }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

async function withServers(
  work: (replace: (command: string) => string, folder: string) => Promise<void>,
): Promise<void> {
  const hour = 3_600_000;
  const federation = await startFederation({ history: 6 * hour, perDay: 20_000, seed: 7 });
  const folder = await Deno.makeTempDir({ prefix: "readme-test-" });
  const hosts = ["fosstodon.org", "mstdn.social", "mstdn.jp"];
  const stop = new AbortController();
  const running = federation.run({ rate: 50, signal: stop.signal });
  try {
    await work((command) =>
      hosts.reduce((text, host, i) => {
        const { baseURL } = federation.servers[i]!;
        return text.replaceAll(`https://${host}`, baseURL)
          .replaceAll(host, new URL(baseURL).host);
      }, command), folder);
  } finally {
    stop.abort();
    await running;
    await federation.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The number of records in the listener's table of totals. */
const collected = ({ stderr }: Run) =>
  [...stderr.matchAll(/^127\.0\.0\.1:\d+ +([\d,]+)/gm)]
    .reduce((sum, [, toots]) => sum + Number(toots!.replaceAll(",", "")), 0);

/** Starts a command that serves a page, requests the page, and stops the command. */
async function serves(command: string, folder: string, more: readonly string[]): Promise<void> {
  const page = program(command, folder, more, { stdout: "piped", stderr: "piped" }).spawn();
  let said = "";
  let status: Promise<number> | null = null;
  async function ask(url: string): Promise<number> {
    try {
      // JupyterLab prints its address a moment before it accepts connections.
      const response = await retry(() => fetch(url), {
        ...{ base: 200, within: 30_000, describe: String, recovered: "" },
      });
      await response.body?.cancel();
      return response.status;
    } finally {
      page.kill("SIGTERM");
    }
  }
  async function listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text;
      const [url] = /http:\/\/(localhost|127\.0\.0\.1):\d+(\/\S*)?(?=\s)/.exec(said) ?? [];
      if (url !== undefined) status ??= ask(url);
    }
  }
  await Promise.all([listen(page.stdout), listen(page.stderr), page.status]);
  assert.equal(await status, 200, said);
}

Deno.test("every command of the README works", () =>
  withServers(async (replace, folder) => {
    for (const command of commands) {
      if (ELSEWHERE[command]) {
        const [file, words] = ELSEWHERE[command];
        assert.ok((await Deno.readTextFile(join(ROOT, file))).includes(words), command);
        continue;
      }
      if (command.endsWith(" test")) {
        const { code, stdout, stderr } = await run(command, folder, [join(ROOT, "common/html.ts")]);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /ok \| [1-9]\d* passed/);
        continue;
      }
      if (command.includes("--enableKafka")) {
        // The tests with a broker are in tests/stack/. This test only checks that the flags are
        // valid.
        const args = command.split(/\s+/).slice(3);
        assert.ok(!("text" in parseOptions(args, () => undefined)), command);
        continue;
      }
      const serving = SERVING[command.split(" ").at(-1)!];
      if (serving) {
        await serves(command, folder, serving);
        continue;
      }
      const listens = command.includes("--baseURL");
      const ran = await run(replace(command), folder, listens ? ["--limit", "20"] : []);
      assert.equal(ran.code, 0, `${command}\n${ran.stderr}`);
      if (listens) assert.ok(collected(ran) >= 20, `${command}\n${ran.stderr}`);
    }
  }));

Deno.test("the README's script queries the lake", () =>
  withServers(async (replace, folder) => {
    const listen = commands.find((command) => command.includes("--allow-net"))!;
    await run(replace(listen), folder, ["--since", "1h", "--limit", "50"]);
    const [script] = blocks("ts ignore");
    const path = join(folder, "ask.ts");
    const mod = pathToFileURL(join(ROOT, "lake", "mod.ts")).href;
    await Deno.writeTextFile(path, script!.replace("./lake/mod.ts", mod));
    const { code, stdout, stderr } = await run("deno run -A ask.ts", folder);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /language_name.*toots.*English/s);
  }));

Deno.test("links in the README lead to files", async () => {
  for (
    const [, target] of readme.matchAll(/\]\((?!https?:|\.\.\/\.\.\/actions)([^)#]+)(?:#[^)]*)?\)/g)
  ) {
    await Deno.stat(join(ROOT, target!));
  }
});

Deno.test("every file and folder that CONTRIBUTING names exists", async () => {
  const text = await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md"));
  const anywhere = new Set(["x_test.ts", "main.ts", "status.json"]);
  // Each part is a row of a table, an item of a list, or a paragraph.
  for (const part of text.split(/\n(?=[-|\n])/)) {
    const bases = [""];
    for (const [, path] of part.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.(?:ts|md|json))`/g)) {
      if (anywhere.has(path!)) continue;
      // A path may be relative to a folder or a file that the same part has named before.
      const found = await Promise.all(
        bases.flatMap((base) => [join(base, path!), join(base, "..", path!)]).map((name) =>
          Deno.stat(join(ROOT, name)).then(() => true, () => false)
        ),
      );
      assert.ok(found.includes(true), `${path} in: ${part}`);
      bases.push(path!);
    }
  }
});

Deno.test("the files that CONTRIBUTING says to open exist", async () => {
  const text = await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md"));
  const [, section] = /^## To change X, open Y$(.*?)^## /ms.exec(text)!;
  const paths = [...section!.matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path]) => path!);
  assert.ok(paths.length >= 10);
  for (const path of paths) await Deno.stat(join(ROOT, path));
});
