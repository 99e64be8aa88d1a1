/**
 * Runs a hostile server beside an honest one, with one listener for both.
 *
 * @module
 */
import { type Fault, startFederation } from "../../simulator/mod.ts";
import { compare, type Comparison, isRight } from "./compare.ts";
import { tootsOf } from "./lake-rows.ts";
import { startListener } from "./listener.ts";
import { seconds, until } from "./wait.ts";

/** The behaviour of a hostile server. */
export interface Mode {
  readonly name: string;
  readonly faults: readonly Fault[];
  /** The faults are added again every this many seconds. Default: they are added only once. */
  readonly every?: number;
  /** True if the listener polls the server. Default: the listener streams. */
  readonly polled?: boolean;
}

/** Every mode. Without `share`, every status of the server's own accounts is hostile. */
export const MODES: readonly Mode[] = [
  { name: "deep JSON", faults: [{ kind: "deep-json" }] },
  { name: "deep arrays", faults: [{ kind: "deep-json", arrays: true, depth: 200_000 }] },
  ...(["unmatched", "nested", "unclosed"] as const).map((shape): Mode => ({
    name: `HTML ${shape}`,
    faults: [{ kind: "html", shape, share: 0.5 }],
  })),
  { name: "a million hashtags", faults: [{ kind: "hashtags", bare: true, share: 0.1 }] },
  { name: "hashtags", faults: [{ kind: "hashtags", many: 50_000, share: 0.2 }] },
  ...(["uri", "username", "app", "language"] as const).map((field): Mode => ({
    name: `long ${field}`,
    faults: [{ kind: "long-field", field, share: 0.5 }],
  })),
  { name: "long ids", faults: [{ kind: "odd-id", length: 1_000_000, share: 0.5 }] },
  { name: "odd ids", faults: [{ kind: "odd-id", id: "a:b" }] },
  { name: "pages of millions", faults: [{ kind: "huge-pages" }], polled: true },
  { name: "endless pages down", faults: [{ kind: "endless-pages", size: 40 }], polled: true },
  {
    name: "endless pages to and fro",
    faults: [{ kind: "endless-pages", order: "alternating", size: 40 }],
    polled: true,
  },
  ...["9999-12-31T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"].map(
    (at): Mode => ({ name: `year ${at.slice(0, 4)}`, faults: [{ kind: "date", at }] }),
  ),
  { name: "characters", faults: [{ kind: "characters" }] },
  { name: "unreadable", faults: [{ kind: "unreadable" }] },
  { name: "flood of authors", faults: [{ kind: "flood" }], every: 60 },
  { name: "frames that are not JSON", faults: [{ kind: "invalid-json", count: 200 }], every: 1 },
  { name: "huge frames", faults: [{ kind: "frame", text: "x".repeat(20_000_000) }], every: 5 },
  { name: "error frames", faults: [{ kind: "error-frame" }], every: 1 },
  { name: "resets", faults: [{ kind: "reset" }], every: 1 },
];

/** The effects of a mode on the toots of the honest server and on the machine. */
export interface HostileResult extends Comparison {
  mode: Mode;
  peakMiB: number;
  deadLetterBytes: number;
  /** Log lines per second in the busiest ten seconds. */
  logRate: number;
  /** Seconds from SIGTERM to the exit. */
  stopped: number;
  exitCode: number;
}

/** The limits that no mode may exceed. */
const LIMITS = { peakMiB: 400, deadLetterBytes: 64 * 2 ** 20, logRate: 10, stopped: 20 };

/** Runs a hostile and an honest server for `time` seconds. */
export async function playHostile(
  mode: Mode,
  time: number,
  keep?: string,
): Promise<HostileResult> {
  const folder = await Deno.makeTempDir(keep ? { dir: keep } : {});
  const federation = await startFederation({
    servers: 2,
    outside: 0,
    federates: 0,
    ownAddresses: true,
    edits: 0.1,
    deletes: 0.1,
  });
  const [evil, honest] = federation.servers;
  const listener = await startListener({
    servers: federation.servers,
    folder,
    federated: false,
    streamed: !mode.polled,
    args: ["--consent", "none"],
  });
  const peak = setInterval(() => listener.peakMiB(), 500);
  try {
    await until(
      () =>
        federation.servers.every(({ requests }) =>
          requests.some(({ path }) => path.includes("/timelines/"))
        ),
      300,
    );
    await seconds(2);
    const end = performance.now() + time * 1000;
    const running = federation.run({ rate: 10 });
    void running;
    while (performance.now() < end) {
      for (const fault of mode.faults) await federation.fault(evil!.index, fault);
      await seconds(
        Math.min(mode.every ?? Infinity, Math.max(0, (end - performance.now()) / 1000)),
      );
    }
    await federation.run({ rate: 0 });
    const { busiest } = listener.logged();
    const settled = async () =>
      compare({
        truth: federation.truth().filter(({ home }) => home === honest!.baseURL),
        rows: (await tootsOf(`${folder}/lake`)).filter(({ uri }) =>
          uri?.startsWith(honest!.baseURL)
        ),
        before: new Set(),
      });
    for (let tries = 0; tries < 20 && !isRight(await settled()); tries++) await seconds(3);
    const stopped = await listener.stop();
    const exitCode = await listener.ended;
    return {
      ...await settled(),
      mode,
      peakMiB: listener.peakMiB(),
      deadLetterBytes: await deadLetterBytes(folder),
      logRate: busiest / 10,
      stopped,
      exitCode,
    };
  } finally {
    clearInterval(peak);
    await listener.kill();
    await federation.close();
    if (!keep) await Deno.remove(folder, { recursive: true });
  }
}

async function deadLetterBytes(folder: string): Promise<number> {
  let sum = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) sum += await deadLetterBytes(path);
    else if (name.startsWith("dead-letters")) sum += (await Deno.stat(path)).size;
  }
  return sum;
}

/**
 * Returns true if the lake has exactly the honest server's posts, the listener exited with code 0,
 * and no limit was exceeded.
 */
export function isHarmless(result: HostileResult): boolean {
  return isRight(result) && result.exitCode === 0 && result.peakMiB < LIMITS.peakMiB &&
    result.deadLetterBytes < LIMITS.deadLetterBytes && result.logRate < LIMITS.logRate &&
    result.stopped < LIMITS.stopped;
}

/** Returns the cells of one mode. */
export function hostileCells(result: HostileResult): string[] {
  return [
    result.mode.name,
    String(result.alive),
    String(result.lost),
    String(result.doubled),
    String(result.ghosts),
    String(result.stale),
    result.peakMiB.toFixed(0),
    (result.deadLetterBytes / 2 ** 20).toFixed(1),
    result.logRate.toFixed(1),
    result.stopped.toFixed(1),
    String(result.exitCode),
    isHarmless(result) ? "ok" : "WRONG",
  ];
}

/** The titles of the columns of {@linkcode hostileCells}. */
export const HOSTILE_HEAD = [
  "hostile server",
  "honest alive",
  "lost",
  "doubled",
  "ghosts",
  "stale",
  "peak, MiB",
  "dead letters, MiB",
  "log lines/s",
  "SIGTERM, s",
  "exit",
  "",
];
