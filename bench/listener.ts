/**
 * `deno task bench` measures how fast a listener reads a stream, and whether its memory stays
 * constant. A simulator at full speed and a listener with a lake run as processes on this machine.
 * The figures are only those of the listener.
 *
 * Usage: `deno task bench [--toots 1000000] [--runs 5] [--plain]`
 *
 * The listener is started like `deno task listen`, which tells V8 to keep its heap small. With
 * `--plain` it is started by `deno run -A listener/main.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import config from "../deno.json" with { type: "json" };
import { openLake } from "../lake/engine/open.ts";
import { lastLine, machine, measure, median, type Usage } from "./process.ts";
import { benchOptions, wholeFlag } from "./options.ts";

const values = benchOptions({
  options: {
    toots: { type: "string", default: "1000000" },
    runs: { type: "string", default: "5" },
    plain: { type: "boolean", default: false },
  },
});
const toots = wholeFlag("toots", values.toots, 1);
const runs = wholeFlag("runs", values.runs, 1);
/** The listener's command line before its own flags. It is taken from the task, without `deno`. */
const listen = values.plain
  ? ["run", "-A", "listener/main.ts"]
  : config.tasks.listen.command.split(" ").slice(1);

/** Starts a simulator of one server. It posts nothing until its rate is set. */
async function startSimulator() {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "simulator/main.ts", "--servers", "1", "--port", "0", "--history", "0"],
      ...["--rate", "0"],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: ready } = await reader.read();
  const [server] =
    (JSON.parse(ready!) as { servers: { baseURL: string; token: string }[] }).servers;
  return { ...server!, child, reader };
}

async function admin(baseURL: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${baseURL}/admin/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
}

/** Runs the benchmark once: `toots` statuses go from the network into a new lake. */
async function run(): Promise<Usage & { rows: number; bytes: number }> {
  const folder = await Deno.makeTempDir();
  const simulator = await startSimulator();
  try {
    const listener = new Deno.Command(Deno.execPath(), {
      args: [
        ...[...listen, "--baseURL", simulator.baseURL],
        ...["--lake", `${folder}/lake`, "--limit", String(toots), "--quiet", "--log", "json"],
      ],
      env: { MASTODON_TOKEN: simulator.token },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = lastLine(listener.stderr);
    // The time is measured from start to exit, so it includes the start-up and the last file.
    const measured = measure(listener);
    await admin(simulator.baseURL, "rate", { rate: "max" });
    const usage = await measured;
    if (usage.exitCode !== 0) {
      throw new Error(`the listener exited with ${usage.exitCode}: ${await said}`);
    }

    const lake = await openLake({ location: `${folder}/lake` });
    const [counted] = await lake.query<{ rows: bigint }>(
      `select count(*) as rows from read_parquet('${folder}/lake/topics/mastodon-topic/*/*.parquet')`,
    );
    await lake.close();
    let bytes = 0;
    for await (const path of parquetFiles(`${folder}/lake`)) bytes += (await Deno.stat(path)).size;
    return { ...usage, rows: Number(counted!.rows), bytes };
  } finally {
    simulator.child.kill("SIGTERM");
    await simulator.reader.cancel();
    await simulator.child.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function* parquetFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* parquetFiles(path);
    else if (entry.name.endsWith(".parquet")) yield path;
  }
}

/** Formats the memory at each quarter of a run. */
function quarters(samples: readonly number[]): string {
  return [0.25, 0.5, 0.75, 1].map((part) =>
    samples[Math.max(0, Math.ceil(samples.length * part) - 1)]?.toFixed(0)
  ).join(" / ");
}

console.error(`${toots.toLocaleString("en")} toots, ${runs} runs; ${machine()}`);
const results: Awaited<ReturnType<typeof run>>[] = [];
for (let i = 1; i <= runs; i++) {
  const result = await run();
  results.push(result);
  console.error(
    `run ${i}: ${Math.round(toots / result.seconds).toLocaleString("en")} toots/s, ` +
      `peak ${result.peakMiB.toFixed(0)} MiB`,
  );
}
const middle = (figure: (result: (typeof results)[number]) => number) =>
  median(results.map(figure));
console.log(`
| simulator → listener → lake, ${toots.toLocaleString("en")} toots | median of ${runs} |
| --- | ---: |
| toots a second, start-up included | ${
  Math.round(middle((r) => toots / r.seconds)).toLocaleString("en")
} |
| processor time of the listener, µs a toot | ${
  middle((r) => r.cpuSeconds * 1e6 / toots).toFixed(1)
} |
| peak memory of the listener, MiB | ${middle((r) => r.peakMiB).toFixed(0)} |
| memory at the quarters of the last run, MiB | ${quarters(results.at(-1)!.memoryMiB)} |
| rows in the lake | ${middle((r) => r.rows).toLocaleString("en")} |
| bytes a toot in the lake | ${middle((r) => r.bytes / r.rows).toFixed(0)} |

Machine: ${machine()}; ${new Date().toISOString().slice(0, 10)}.`);
