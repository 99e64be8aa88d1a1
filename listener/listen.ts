/**
 * A run of the listener, from its options to its totals.
 *
 * @module
 */
import { join } from "node:path";
import { openCheckpoint } from "./collect/checkpoint.ts";
import { collect, type Source } from "./collect/follow-servers.ts";
import { createCollector } from "./collect/collector.ts";
import { openDeadLetterFile } from "./collect/dead-letters/dead-letter-file.ts";
import { openDeleteJournal } from "./collect/deletes/delete-journal.ts";
import type { ServerState } from "./collect/server-state.ts";
import { createDurability } from "./collect/durability.ts";
import { createLog, type Log } from "./report/log.ts";
import { limitLog } from "./report/log-limit.ts";
import type { Options } from "./options.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { startProgress } from "./report/progress.ts";
import { openReplay } from "./replay/input.ts";
import { accountOf, accountText, replay } from "./replay/replay.ts";
import { feed } from "./mastodon/feed.ts";
import { openGivenFile } from "./mastodon/given-file.ts";
import { chooseSinks, openSinks } from "./sinks/open.ts";
import { createScreen, type Screen } from "./sinks/screen.ts";
import { TERMINAL } from "./sinks/terminal.ts";
import { statusFields, totalsTable } from "./report/summary.ts";
import { openPrivacy } from "./toot/open-privacy.ts";
import { openDataFolder } from "./data-folder.ts";
import { endWithin } from "../common/stop.ts";
import { createTotals, serverTotals, type Totals } from "./report/totals.ts";

/** Resolves with null when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/**
 * Runs the listener, or a replay, until it is done, is stopped or fails.
 *
 * @param stopping ends the run when it is aborted. The run itself aborts it when `--limit` is
 * reached, when stdout is closed, or when a sink or a file fails
 * @throws {Failure} if an error occurred that the user can fix
 */
export async function listen(options: Options, stopping: AbortController): Promise<void> {
  const { data } = options;
  const { signal } = stopping;
  const stop = () => stopping.abort();
  const input = options.replay === null ? null : await openReplay(options.replay);
  const screen = createScreen();
  const log = limitLog(createLog(options.log, screen.say));
  const totals = createTotals(Date.now());
  const metrics = options.metrics === null
    ? null
    : (await import("./metrics/metrics.ts")).createMetrics({
      totals,
      collecting: options.lake === null ? 0 : options.flush * 1000,
    });
  const folder = await openDataFolder(data, input === null);
  const deadLetters = openDeadLetterFile(join(data, "dead-letters.jsonl"));
  const privacy = await openPrivacy(options, {
    onNew: (authorKey) => deadLetters.forget(authorKey),
    // A replay may run beside a listener, so it must not write the file of opt-outs.
    write: input === null,
    warn: (message) => log.warning(message, { event: "opt-outs" }),
  });
  signal.addEventListener("abort", () => {
    if (typeof signal.reason !== "string") return; // The run ended by itself, without a signal.
    log.info(`${signal.reason}: storing the remaining records; a second signal stops at once`);
  });

  const sinks = chooseSinks(options, {
    ...{ screen, columns, log, deadLetters, totals, stopping },
    onSent: (sent) => metrics?.sent(sent),
  });
  const durability = createDurability(sinks.length);
  const opening = openSinks(sinks, (sink, seq) => {
    totals.sinks[sink]!.durable = seq;
    durability.durable(sink, seq);
  });
  const opened = await Promise.race([opening, aborted(signal)]);
  if (opened === null) return; // Stopped before the sinks were open.
  for (const { name } of opened) totals.sinks.push({ name, written: 0, durable: 0, unfit: 0 });
  const watched = metrics?.serve(options.metrics!, opened);
  if (watched) {
    log.info(`metrics on ${watched.url}/metrics`, { event: "metrics", url: watched.url });
  }
  const names = opened.map(({ name }) => name).filter((name) => name !== TERMINAL);
  const states = input === null
    ? await openStates(options, names.length > 0 ? names : [TERMINAL], totals, log)
    : new Map<string, ServerState>();

  const collector = createCollector({
    sinks: opened,
    durability,
    privacy,
    states,
    deadLetters,
    totals,
    log,
    limit: options.limit,
    timeline: options.federated ? "federated" : "local",
    stop,
  });
  const endProgress = startProgress({ totals, screen, log, columns });
  let lines: number | null = null;
  const errors: unknown[] = [];
  async function run(): Promise<void> {
    try {
      if (input === null) {
        if (options.contact === null) {
          log.info("no --contact is set; with one, the servers' administrators can reach you");
        }
        const sources = await Promise.all(
          options.baseURLs.map((baseURL) => sourceOf(baseURL, options, states, signal, metrics)),
        );
        await collect({ collector, sources, totals, log, stop });
      } else {
        const baseURL = options.baseURLs[0] ?? null;
        lines = await replay({ collector, input, baseURL, totals, signal });
      }
    } catch (error) {
      errors.push(error);
    }
    await collector.finish().catch((error) => errors.push(error));
  }
  const what = {
    late: "the sinks",
    then: "run the same command again to write their records",
  };
  await endWithin(run(), signal, what).catch((error) => errors.push(error));
  endProgress();
  log.close();
  await watched?.close();
  sayTotals(totals, lines, screen, options, log);
  folder.release();
  if (errors.length > 0) throw errors[0];
}

async function openStates(
  { baseURLs, data, federated }: Options,
  sinks: readonly string[],
  totals: Totals,
  log: Log,
): Promise<Map<string, ServerState>> {
  const folder = join(data, "checkpoints");
  const states = new Map<string, ServerState>();
  for (const baseURL of baseURLs) {
    const checkpoint = await openCheckpoint({
      folder,
      baseURL,
      federated,
      sinks,
      warn: (message) => log.warning(message, { event: "checkpoint", server: baseURL }),
      onWritten: (at) => serverTotals(totals, baseURL).checkpointAt = at,
    });
    const deletes = openDeleteJournal(checkpoint.path.replace(/\.json$/, ".deletes.jsonl"));
    const memory = openGivenFile(checkpoint.path.replace(/\.json$/, ".given.txt"), {
      // Each file remembers up to twice `most` statuses, so all files together remember about half
      // a million at most.
      most: Math.min(50_000, Math.ceil(250_000 / baseURLs.length)),
      warn: (message) => log.warning(message, { event: "given", server: baseURL }),
    });
    states.set(baseURL, { checkpoint, deletes, memory });
  }
  return states;
}

async function sourceOf(
  baseURL: string,
  options: Options,
  states: ReadonlyMap<string, ServerState>,
  signal: AbortSignal,
  metrics: Metrics | null,
): Promise<Source> {
  const { federated, since, watchdog, contact } = options;
  const { checkpoint, memory } = states.get(baseURL)!;
  const events = feed({
    baseURL,
    token: options.tokens.get(baseURL) ?? null,
    federated,
    resume: await checkpoint.read(),
    ...memory === undefined ? {} : { memory },
    since,
    watchdog,
    contact,
    signal,
  }, metrics?.contacts.of(baseURL));
  return { baseURL, events };
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 120;
  } catch {
    return 120; // The output is not a terminal.
  }
}

function sayTotals(
  totals: Totals,
  lines: number | null,
  screen: Screen,
  { log: format }: Options,
  log: Log,
): void {
  if (format === "json") {
    const account = lines === null ? {} : { lines, account: accountOf(totals) };
    log.info("totals", { event: "totals", ...account, ...statusFields(totals) });
    return;
  }
  screen.say(totalsTable(totals));
  if (lines !== null) screen.say(accountText(lines, totals));
}
