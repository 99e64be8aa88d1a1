/**
 * Runs every command of the README on simulated servers: with `--limit`, so that listeners
 * end, and with a lake in a temporary folder.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseOptions } from "../listener/options.ts";
import { startFederation } from "../simulator/mod.ts";
import { ROOT } from "./house/sources.ts";

const readme = await Deno.readTextFile(join(ROOT, "README.md"));

/** The code blocks of a language. */
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

/** Commands that another test runs. */
const ELSEWHERE: Record<string, string> = {
  "npx -y deno@2.9.6 task demo": "tests/demo_test.ts",
  "npx -y deno@2.9.6 task test": ".ci/run",
  "npx -y deno@2.9.6 task lab": "notebooks/tools/lab_test.ts",
  "docker compose up -d": "tests/compose_test.ts",
  "LAKE=s3://mastodon deno task lab": "tests/stack/notebook_test.ts",
};

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the README in `folder`, with this Deno. */
async function run(command: string, folder: string, more: readonly string[] = []): Promise<Run> {
  const words = command.replace(/^npx -y deno@\S+|^deno/, "").trim().split(/\s+/);
  const config = ["--config", join(ROOT, "deno.json")];
  const args = words[0] === "task"
    ? ["task", ...config, "--quiet", ...words.slice(1), ...more]
    : [words[0]!, "--no-prompt", ...config, ...words.slice(1), ...more]
      .map((word) => word === "listener/main.ts" ? join(ROOT, word) : word);
  const output = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    signal: AbortSignal.timeout(60_000),
    env: {
      NO_COLOR: "1",
      LAKE: join(folder, "data", "lake"),
      MASTODON_LAKE: join(folder, "data", "lake"),
    },
  }).output();
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

/** Starts the live page over the lake in `folder`, and requests it. */
async function explores(folder: string): Promise<void> {
  const page = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(ROOT, "explorer", "main.ts"), "--port", "0"],
    env: { NO_COLOR: "1", LAKE: join(folder, "data", "lake") },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const said: string[] = [];
  const [out, err] = [page.stdout, page.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said.push(text);
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/?/.exec(said.join("")) ?? [];
      if (url === undefined || answered !== null) continue;
      const response = await fetch(url);
      await response.body?.cancel();
      answered = response.status;
      page.kill("SIGKILL");
    }
  });
  let answered: number | null = null;
  await Promise.all([out, err, page.status]);
  assert.equal(answered, 200, said.join(""));
}

Deno.test("every command of the README works", () =>
  withServers(async (replace, folder) => {
    for (const command of commands) {
      if (command in ELSEWHERE) {
        await Deno.stat(join(ROOT, ELSEWHERE[command]!));
        continue;
      }
      if (command.includes("--enableKafka")) {
        // A broker is in tests/stack/; here it is enough that the flags are understood.
        const args = command.split(/\s+/).slice(3);
        assert.ok(!("text" in parseOptions(args, () => undefined)), command);
        continue;
      }
      if (command.endsWith("task explore")) {
        await explores(folder);
        continue;
      }
      const listens = command.includes("--baseURL");
      const ran = await run(replace(command), folder, listens ? ["--limit", "20"] : []);
      assert.equal(ran.code, 0, `${command}\n${ran.stderr}`);
      if (listens) assert.ok(collected(ran) >= 20, `${command}\n${ran.stderr}`);
    }
  }));

Deno.test("the README's script asks the lake", () =>
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
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
    await Deno.stat(join(ROOT, target!));
  }
});

Deno.test("the files that CONTRIBUTING says to open exist", async () => {
  const text = await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md"));
  const [, section] = /^## To change X, open Y$(.*?)^## /ms.exec(text)!;
  const paths = [...section!.matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path]) => path!);
  assert.ok(paths.length >= 10);
  for (const path of paths) await Deno.stat(join(ROOT, path));
});
