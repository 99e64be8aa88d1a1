/**
 * Plays the scene of one line of the table: a server, a listener, and a fault.
 *
 * @module
 */
import { type Federation, startFederation, type Truth } from "../../simulator/mod.ts";
import { compare, type Comparison, isRight } from "./compare.ts";
import { tootsOf } from "./lake-rows.ts";
import { type ListenerProcess, startListener } from "./listener.ts";
import type { Scene, Timeline, Transport } from "./scenes.ts";
import { seconds, until } from "./wait.ts";

/** The size of a scene. */
export interface Size {
  toots: number;
  /** Toots per second. */
  rate: number;
  edits: number;
  deletes: number;
  /** Seconds after the last fault within which the view must be correct. */
  settle: number;
}

/** One variant of a scene. */
export interface Variant {
  scene: Scene;
  transport: Transport;
  timeline: Timeline;
}

/** The result of a variant. */
export interface Result extends Comparison {
  variant: Variant;
  /**
   * The time in seconds from the end of the fault until the view was correct; null if it never was.
   */
  settled: number | null;
  peakMiB: number;
  logLines: number;
  /** Seconds from SIGTERM to the exit. */
  stopped: number;
  exitCode: number;
}

/** Returns the variants of a scene: streamed and polled, local and federated. */
export function variantsOf(scene: Scene): Variant[] {
  const transports = scene.transport ? [scene.transport] : ["streamed", "polled"] as const;
  const timelines = scene.timeline ? [scene.timeline] : ["local", "federated"] as const;
  return transports.flatMap((transport) =>
    timelines.map((timeline) => ({ scene, transport, timeline }))
  );
}

/**
 * Plays one variant. `keep` is a folder in which the lake and the log stay; by default they are
 * removed.
 */
export async function play(variant: Variant, size: Size, keep?: string): Promise<Result> {
  const { scene, transport, timeline } = variant;
  const federated = timeline === "federated";
  const folder = await Deno.makeTempDir(keep ? { dir: keep } : {});
  const federation = await startFederation({
    servers: federated ? 2 : 1,
    outside: federated ? 0.1 : 0,
    federates: 1,
    ownAddresses: true,
    edits: size.edits,
    deletes: size.deletes,
    ...scene.federation,
  });
  const servers = scene.both ? federation.servers : federation.servers.slice(0, 1);
  const start = () =>
    startListener({
      servers,
      folder,
      federated,
      streamed: transport === "streamed",
      args: ["--consent", "none"],
      env: scene.env ?? {},
    });
  federation.publish(5);
  const before = new Set(federation.truth().map(({ uri }) => uri));
  let listener = await start();
  const listening = async () => {
    // The view need not contain toots from before the listener read its first page.
    const polls = () =>
      servers.every(({ requests }) => requests.some(({ path }) => path.includes("/timelines/")));
    const streams = () => servers.every((server) => server.counts().subscriptions > 0);
    const ready = transport === "streamed" ? () => streams() || polls() : polls;
    if (!await until(ready, 300)) throw new Error(`The listener of "${scene.name}" never began`);
    await seconds(5);
  };
  await listening();
  try {
    const visible = (status: Truth) =>
      servers.some(({ baseURL }) => federated ? baseURL in status.ids : status.home === baseURL);
    const now = async () =>
      compare({
        truth: federation.truth().filter(visible),
        rows: await tootsOf(`${folder}/lake`),
        before,
      });
    const phase = (share: number) =>
      federation.run({ rate: size.rate, count: Math.round(size.toots * share) });
    await phase(0.2);
    const middle = phase(0.6);
    listener = await misbehave(scene, federation, middle, listener, start);
    await middle;
    await federation.heal();
    const healed = performance.now();
    await phase(0.2);
    let comparison = await now();
    let settled: number | null = null;
    while (settled === null && performance.now() - healed < size.settle * 1000) {
      const waited = (performance.now() - healed) / 1000;
      // Reading the whole view takes more processor time than the listener, so it is read rarely.
      await seconds(Math.min(Math.max(3, waited / 8), size.settle));
      comparison = await now();
      if (isRight(comparison)) settled = (performance.now() - healed) / 1000;
    }
    if (keep) await Deno.writeTextFile(`${folder}/wrong.txt`, comparison.examples.join("\n"));
    const { lines: logLines } = listener.logged();
    const stopped = await listener.stop();
    return {
      ...await now(),
      variant,
      settled,
      peakMiB: listener.peakMiB(),
      logLines,
      stopped,
      exitCode: await listener.ended,
    };
  } finally {
    await listener.kill();
    await federation.close();
    if (!keep) await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Applies the scene's faults until the middle part of the run is over. Returns the listener, which
 * may be a new process.
 */
async function misbehave(
  { faults = [], every, lasts, away }: Scene,
  federation: Federation,
  middle: Promise<void>,
  listener: ListenerProcess,
  start: () => Promise<ListenerProcess>,
): Promise<ListenerProcess> {
  let over = false;
  const ended = middle.then(() => void (over = true));
  const atMost = (time: number) => Promise.race([ended, seconds(time)]);
  if (away) {
    await (away === "killed" ? listener.kill() : listener.stop());
    await atMost(lasts ?? 10);
    return await start();
  }
  do {
    for (const fault of faults) await federation.fault(0, fault);
    if (lasts !== undefined) {
      await atMost(lasts);
      await federation.heal();
    }
    if (every === undefined) await ended;
    else await atMost(every - (lasts ?? 0));
  } while (!over);
  return listener;
}
