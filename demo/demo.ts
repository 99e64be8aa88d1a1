/**
 * The demo, step by step.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { ensureEnvironment } from "../notebooks/tools/environment.ts";
import { writeReport } from "../notebooks/tools/report.ts";
import { average, count, counted } from "../notebooks/support/charts/label.ts";
import { type Federation, type Published, RATE_LIMIT, startFederation } from "./federation.ts";
import { type DemoFolder, freshFolder } from "./folder.ts";
import { type Listening, startListening } from "./listening.ts";
import type { Progress } from "./progress.ts";
import { summarise, type Summary, summaryLines } from "./summary.ts";

/** What {@linkcode runDemo} works with. */
export interface DemoOptions {
  readonly progress: Progress;
  /** Stops everything. */
  readonly signal: AbortSignal;
  /** A path as the person at the terminal would type it. */
  readonly named: (path: string) => string;
}

/** New statuses a second while the demo listens, over all servers. */
const RATE = 20;
/** How long it listens before the connection is cut, and after it was healed; milliseconds. */
const LISTEN = 3_000;
/** Statuses that are posted while the connection is down. */
const MISSED = 25;
/** How long the last statuses may take from a server into the listener, on one machine. */
const DRAIN = 1_000;

/** Rejects when the demo is stopped, so that nothing waits for what will not come. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", stop));
}

const seconds = (since: number) => `${average((Date.now() - since) / 1000)} s`;

/**
 * Runs the demo in a folder of its own.
 *
 * @throws {Failure} where a step fails, or it is stopped; no process is left then
 */
export async function runDemo(path: string, options: DemoOptions): Promise<void> {
  const { progress, signal, named } = options;
  const began = Date.now();
  const folder = await freshFolder(path);
  progress.line("A week of Mastodon, made up on this machine\n");
  // Jupyter may have to be installed, which takes its time beside the rest.
  let installing = "";
  const environment = ensureEnvironment({ signal, say: (line) => installing = `, ${line}` });
  const known = () => installing = "";
  environment.then(known, known);

  const { summary, published } = await collect(folder, options).catch(async (error) => {
    await Promise.allSettled([environment]); // stopped too, so that no pip is left
    throw error;
  });
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
  ];
  for (const [what, text] of lines) progress.line(`${what.padEnd(10)} ${text}`);
  progress.line(`\nDone in ${seconds(began)}.`);
}

/** From the servers into the lake. */
async function collect(
  folder: DemoFolder,
  { progress, signal }: DemoOptions,
): Promise<{ summary: Summary; published: ReadonlyMap<string, Published> }> {
  progress.now("simulator", "starting");
  await using federation = await startFederation(RATE, signal);
  progress.done(
    "simulator",
    `${federation.servers.length} servers with a week of history, ` +
      `${counted(federation.history, "toot")}; they grant ${count(RATE_LIMIT)} requests in ` +
      `5 minutes, real ones 300`,
  );
  await using listening = startListening(federation.servers, folder.lake);
  await unlessStopped(backfill(federation, listening, progress), signal);
  await unlessStopped(stream(federation, listening, progress), signal);
  await federation.rate(0);
  await pause(DRAIN, signal);
  progress.now("stream", "over, writing what is left");
  await unlessStopped(listening.stop(), signal);
  progress.done("stream", `${counted(listening.toots - listening.fetched, "toot")} heard live`);
  const published = await federation.published();
  return { summary: await summarise(folder.lake), published };
}

/** Waits until the listener has read the past of every server. */
async function backfill({ servers }: Federation, listening: Listening, progress: Progress) {
  const start = Date.now();
  const telling = setInterval(
    () => progress.now("listener", `${count(listening.toots)} toots, reading the past`),
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
    `read the past of ${servers.length} servers, ${counted(listening.fetched, "toot")}, in ` +
      `${seconds(start)}`,
  );
}

/** Listens for a while, cuts a connection, and waits until the listener has healed it. */
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
      "healed",
      `${server!.domain} cut the connection (${healed.cause}); it was back after ` +
        `${average((healed.milliseconds ?? 0) / 1000)} s, and the ` +
        `${counted(healed.filled, "toot")} missed were fetched`,
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
 * Holds the lake against what the servers published. A delete is said once: one
 * that was said while the connection was cut leaves its toot in the lake.
 *
 * @throws {Failure} where a toot is missing, or there are more than that explains
 */
function check({ toots, servers }: Summary, published: ReadonlyMap<string, Published>): string {
  let unheard = 0;
  for (const [server, { there, deleted }] of published) {
    const got = servers.get(server) ?? 0;
    if (got < there || got > there + deleted) {
      throw new Failure(
        `the lake holds ${counted(got, "toot")} of ${server}, which published ${count(there)}`,
      );
    }
    unheard += got - there;
  }
  return `${counted(toots, "toot")}, each that was published, once` +
    (unheard > 0 ? `, and ${count(unheard)} deleted while the connection was cut` : "");
}
