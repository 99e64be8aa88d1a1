import assert from "node:assert/strict";
import { aStatus } from "./testing/status.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

/** The environment of the user who runs the tests must not change their results. */
const env = Object.fromEntries(
  Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("MASTODON_")),
);

function start(args: string[], options: Deno.CommandOptions = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
}

async function run(...args: string[]) {
  const { code, stdout, stderr } = await start(args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const lines = (statuses: unknown[]) => statuses.map((it) => `${JSON.stringify(it)}\n`).join("");

Deno.test("a usage error exits with 2 and one line", async () => {
  const asked: [args: string[], line: RegExp][] = [
    [["--foo"], /^listener: --foo: unknown option\n$/],
    [
      ["--baseURL", "nowhere at all"],
      /^listener: --baseURL: expected a URL such as .*, got 'nowhere at all'\n$/,
    ],
    [["--replay", "/no/such.jsonl"], /^listener: --replay: cannot read '\/no\/such\.jsonl': .*\n$/],
  ];
  await Promise.all(asked.map(async ([args, line]) => {
    const { code, stdout, stderr } = await run(...args);
    assert.match(stderr, line);
    assert.equal(code, 2);
    assert.equal(stdout, "");
  }));
});

Deno.test("help goes to stdout", async () => {
  const { code, stdout, stderr } = await run("--help");
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: .*--baseURL.*MASTODON_TOKEN.*Exit codes/s);
  assert.equal(stderr, "");
});

Deno.test("a replay accounts for every line", () =>
  withFolder(async (folder) => {
    const texts = [
      lines([aStatus(1), aStatus(2, { reblog: aStatus(1) }), aStatus(3, { visibility: "direct" })]),
      lines([aStatus(1), aStatus(4, { id: null }), { event: "delete", payload: "7" }]),
      lines([{ event: "update", payload: JSON.stringify(aStatus(5)) }, { event: "other" }]),
      `{"half\n${JSON.stringify(aStatus(6, { content: "one\u2028two" }))}`,
    ];
    await Deno.writeTextFile(`${folder}/in.jsonl`, texts.join(""));
    const { code, stdout, stderr } = await run(
      ...["--replay", `${folder}/in.jsonl`, "--data", folder, "--lake", "none"],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Loaf number 1\n.*Loaf number 5\n.*one two\n$/);
    assert.match(
      stderr,
      /^10 lines = 3 toots \+ 1 boosts \+ 1 not public \+ 1 duplicates \+ 1 deletes \+ 2 dead letters \+ 1 other lines$/m,
    );
    const letters = (await Deno.readTextFile(`${folder}/dead-letters.jsonl`)).trimEnd().split("\n");
    assert.deepEqual(letters.map((letter) => JSON.parse(letter).reason.slice(0, 24)), [
      "the status has no usable",
      "line 9 is not JSON",
    ]);
    await assert.rejects(Deno.stat(`${folder}/checkpoints`), "a replay keeps no checkpoint");
  }));

Deno.test("with --log json every line is JSON, and the last one has the totals", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/in.jsonl`, lines([aStatus(1), aStatus(2)]));
    const { stdout, stderr } = await run(
      ...["--replay", `${folder}/in.jsonl`, "--data", folder, "--lake", "none", "--log", "json"],
    );
    const parse = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(parse(stdout).map(({ text }) => text), ["Loaf number 1", "Loaf number 2"]);
    const last = parse(stderr).at(-1);
    assert.equal(last.event, "totals");
    assert.equal(last.account.toots, 2);
    assert.equal(last.servers["https://bread.example"].toots, 2);
  }));

/** Waits until a process has printed this text on stderr. */
async function said(child: Deno.ChildProcess, text: string): Promise<void> {
  let heard = "";
  for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
    heard += part;
    if (heard.includes(text)) return;
  }
  assert.fail(`it ended without "${text}": ${heard}`);
}

/** Serves an empty bucket, which answers no request that writes to it before it is closed. */
function hangingBucket() {
  const empty = `<?xml version="1.0"?><ListBucketResult></ListBucketResult>`;
  const closing = Promise.withResolvers<void>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async ({ method }) => {
      if (method !== "GET") await closing.promise;
      return new Response(empty);
    },
  );
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      closing.resolve();
      await server.shutdown();
    },
  };
}

Deno.test({
  name: "the first signal stops in order; the second one exits at once",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      // After one signal, all statuses and the totals are printed, and the exit code is 0.
      const args = ["--replay", "-", "--data", folder, "--lake", "none"];
      await Promise.all((["SIGINT", "SIGTERM", "SIGHUP"] as const).map(async (signal) => {
        const polite = start(args, { stdin: "piped" });
        const writer = polite.stdin.getWriter();
        await writer.write(new TextEncoder().encode(lines([aStatus(1)])));
        const reader = polite.stdout.pipeThrough(new TextDecoderStream()).getReader();
        assert.match((await reader.read()).value!, /Loaf number 1/);
        polite.kill(signal);
        await said(polite, "1 lines = 1 toots");
        assert.equal((await polite.status).code, 0);
        await Promise.allSettled([writer.close(), reader.cancel()]);
      }));

      // The second signal ends the process at once. After the first one the process cannot end,
      // because its toot is written to an object store that never answers.
      await using bucket = hangingBucket();
      const stuck = start(["--replay", "-", "--data", folder, "--lake", "s3://loaves"], {
        stdin: "piped",
        env: { ...env, S3_ENDPOINT: `127.0.0.1:${bucket.port}`, S3_USE_SSL: "false" },
      });
      const writer = stuck.stdin.getWriter();
      await writer.write(new TextEncoder().encode(lines([aStatus(1)])));
      const stdout = stuck.stdout.getReader();
      await stdout.read();
      stuck.kill("SIGTERM");
      await said(stuck, "a second signal stops at once");
      stuck.kill("SIGINT");
      assert.equal((await stuck.status).code, 130);
      await Promise.allSettled([writer.close(), stdout.cancel()]);
    }),
});

Deno.test({
  name: "an impossible lake is reported in one line, without a stack trace",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/in.jsonl`, lines([aStatus(1)]));
      await Deno.writeTextFile(`${folder}/lake`, "in the way");
      const { code, stderr } = await run(
        ...["--replay", `${folder}/in.jsonl`, "--lake", `${folder}/lake`, "--quiet"],
      );
      assert.equal(code, 2);
      assert.match(stderr, /^listener: .*\/lake.*\n$/);
    }),
});

Deno.test({
  name: "impossible paths are reported in one line, with an exit code and without a stack trace",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const input = `${folder}/in.jsonl`;
      await Deno.writeTextFile(input, lines([aStatus(1)]));
      await Deno.writeTextFile(`${folder}/file`, "");
      await Deno.symlink("loop", `${folder}/loop`);
      const lake = ["--lake", `${folder}/lake`];
      const asked: [args: string[], line: RegExp][] = [
        [["--replay", folder, ...lake], /^listener: --replay: '.*' is a folder; .*\n$/],
        [
          ["--replay", input, ...lake, "--data", `${folder}/file`],
          /^listener: --data: cannot write the folder '.*file': .* is a file .*\n$/,
        ],
        [["--replay", input, "--lake", `${folder}/loop/lake`], /^listener: .*loop.*\n$/],
        [["--replay", input, "--lake", "/proc/no/lake"], /^listener: .*\/proc\/no.*\n$/],
      ];
      await Promise.all(asked.map(async ([args, line]) => {
        const { code, stderr } = await run(...args, "--quiet");
        assert.match(stderr, line);
        assert.equal(code, 2);
      }));
    }),
});
