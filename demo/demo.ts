/**
 * The demo, step by step.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { ensureEnvironment } from "../notebooks/tools/environment.ts";
import { writeReport } from "../notebooks/tools/report.ts";
import { average, count, counted } from "../notebooks/support/charts/label.ts";
import { explore } from "./exploring.ts";
import { type Federation, type Published, RATE_LIMIT, startFederation } from "./federation.ts";
import { type DemoFolder, freshFolder } from "./folder.ts";
import { type Listening, startListening } from "./listening.ts";
import type { Progress } from "./progress.ts";
import { summarise, type Summary, summaryLines } from "./summary.ts";

/** Options of {@linkcode runDemo}. */
export interface DemoOptions {
  readonly progress: Progress;
  /** The demo stops when this signal is aborted. */
  readonly signal: AbortSignal;
  /** True to open the explorer instead of the notebook, and keep the stream going until Ctrl-C. */
  readonly explore: boolean;
  /** Formats a path as the user would type it. */
  readonly named: (path: string) => string;
}

/** The number of new statuses per second on all servers together, while the demo listens. */
const RATE = 20;
/**
 * The demo listens for this many milliseconds before it cuts the connection. After the gap is
 * filled, it listens for this many more.
 */
const LISTEN = 3_000;
/** The number of statuses that are posted while the connection is down. */
const MISSED = 25;
/** The time in milliseconds that the last statuses may take to reach the listener. */
const DRAIN = 1_000;

/** Returns the result of `work`, or rejects when the demo is stopped. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", stop));
}

const seconds = (since: number) => `${average((Date.now() - since) / 1000)} s`;

/**
 * Runs the demo, and writes its results into the folder `path`.
 *
 * @throws {Failure} if a step fails or the demo is stopped; no process is left running
 */
export async function runDemo(path: string, options: DemoOptions): Promise<void> {
  const { progress, signal, named } = options;
  const began = Date.now();
  const folder = await freshFolder(path);
  progress.line("A simulated week of Mastodon\n");
  // If Jupyter must be installed, it is installed during the other steps.
  let installing = "";
  const environment = ensureEnvironment({ signal, say: (line) => installing = `, ${line}` });
  const known = () => installing = "";
  environment.then(known, known);

  const collected = await collect(folder, options).catch(async (error) => {
    // The signal also stops the installation of Jupyter. The demo waits until the installation has
    // stopped, so that no pip is left running.
    await Promise.allSettled([environment]);
    throw error;
  });
  if (collected === null) return;
  const { summary, published } = collected;
  const missing = check(summary, published);
  progress.done("lake", `${named(folder.lake)}: ${missing}`);

  const notebook = Date.now();
  const executing = setInterval(
    () => progress.now("notebook", `executing, ${seconds(notebook)}${installing}`),
    500,
  );
  const absent = await writeReport({
    output: folder.report,
    env: { LAKE: folder.lake, CHARTS: folder.charts },
    environment,
    stdout: "null",
    signal,
  }).finally(() => clearInterval(executing));
  const how = absent === null ? "executed by Jupyter" : "cells run without Jupyter";
  progress.done("notebook", `${how} in ${seconds(notebook)}\n`);

  const lines: [string, string][] = [
    ...summaryLines(summary),
    ["Report", absent === null ? named(folder.report) : `none: ${absent}`],
    ["Charts", `${named(folder.charts)}/*.svg`],
    ["Explore", `deno task explore --lake ${named(folder.lake)}`],
  ];
  for (const [what, text] of lines) progress.line(`${what.padEnd(10)} ${text}`);
  progress.line(`\nDone in ${seconds(began)}.`);
}

/**
 * Collects toots from the servers into the lake. Returns null with `--explore`: then the user stops
 * the demo while toots still arrive, so the lake cannot be compared with the servers.
 */
async function collect(
  folder: DemoFolder,
  { progress, signal, explore: exploring }: DemoOptions,
): Promise<{ summary: Summary; published: ReadonlyMap<string, Published> } | null> {
  progress.now("simulator", "starting");
  await using federation = await startFederation(RATE, signal);
  progress.done(
    "simulator",
    `${federation.servers.length} servers with a week of history, ` +
      `${counted(federation.history, "toot")}, ${count(RATE_LIMIT)} requests allowed in ` +
      `5 minutes (300 on real servers)`,
  );
  await using listening = startListening(federation.servers, folder.lake, exploring ? 2 : 60);
  await unlessStopped(backfill(federation, listening, progress), signal);
  if (exploring) {
    await explore(folder.lake, { progress, signal });
    return null;
  }
  await unlessStopped(stream(federation, listening, progress), signal);
  await federation.rate(0);
  await pause(DRAIN, signal);
  progress.now("stream", "over, writing the rest");
  await unlessStopped(listening.stop(), signal);
  progress.done("stream", `${counted(listening.toots - listening.fetched, "toot")} heard live`);
  const published = await federation.published();
  return { summary: await summarise(folder.lake), published };
}

/** Waits until the listener has read the history of every server. */
async function backfill({ servers }: Federation, listening: Listening, progress: Progress) {
  const start = Date.now();
  const telling = setInterval(
    () => progress.now("listener", `${count(listening.toots)} toots, reading history`),
    250,
  );
  try {
    await Promise.all(
      servers.map(({ baseURL }) =>
        listening.gap(({ server, cause }) => server === baseURL && cause === "start")
      ),
    );
  } finally {
    clearInterval(telling);
  }
  progress.done(
    "listener",
    `read the history of ${servers.length} servers, ${counted(listening.fetched, "toot")}, in ` +
      `${seconds(start)}`,
  );
}

/** Listens for a while, cuts a connection, and waits until the listener has filled the gap. */
async function stream(federation: Federation, listening: Listening, progress: Progress) {
  const [server] = federation.servers;
  const telling = setInterval(
    () => progress.now("stream", `listening live, ${counted(listening.toots, "toot")}`),
    250,
  );
  try {
    await new Promise((resolve) => setTimeout(resolve, LISTEN));
    await federation.cut(server!, MISSED);
    const healed = await listening.gap((gap) =>
      gap.server === server!.baseURL && gap.cause !== "start"
    );
    progress.done(
      "filled",
      `${server!.domain} cut the connection (${healed.cause}); after ` +
        `${average((healed.milliseconds ?? 0) / 1000)} s it was back, and ` +
        `${counted(healed.filled, "missed toot")} came by REST`,
    );
    await new Promise((resolve) => setTimeout(resolve, LISTEN));
  } finally {
    clearInterval(telling);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return unlessStopped(new Promise((resolve) => setTimeout(resolve, milliseconds)), signal);
}

/**
 * Compares the lake with what the servers published, and returns the result as a text. A server
 * announces a delete only once. If that happened while the connection was cut, the toot may still
 * be in the lake.
 *
 * @throws {Failure} if a toot is missing, or if there are more toots than the deletes can explain
 */
function check({ toots, servers }: Summary, published: ReadonlyMap<string, Published>): string {
  let unheard = 0;
  for (const [server, { there, deleted }] of published) {
    const got = servers.get(server) ?? 0;
    if (got < there || got > there + deleted) {
      throw new Failure(
        `the lake contains ${counted(got, "toot")} of ${server}, which published ${count(there)}`,
      );
    }
    unheard += got - there;
  }
  return `${counted(toots, "toot")}, every published one exactly once` +
    (unheard > 0 ? `, and ${count(unheard)} deleted while the connection was cut` : "");
}
