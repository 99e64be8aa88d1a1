/**
 * Disturbs a listener for most of two minutes: it is killed, rate-limited, refused or gets no data.
 * Then the benchmark compares the view `covered_minute` with what really happened in each minute.
 *
 * @module
 */
import { type Fault, type SimulatedServer, startFederation } from "../../simulator/mod.ts";
import { queryLake } from "./lake-rows.ts";
import { startListener } from "./listener.ts";
import { seconds, until } from "./wait.ts";

/** A disturbance of the listener. */
export interface Trouble {
  readonly name: string;
  /** The faults of the server. */
  readonly faults?: readonly Fault[];
  /** True to kill the listener and start it again. */
  readonly killed?: boolean;
  /**
   * After the trouble, the server shows only toots that are at most this many milliseconds old.
   * This lasts `FORGETS` milliseconds.
   */
  readonly shown?: number;
  /** True if nothing can be lost, whatever the server shows afterwards. */
  readonly swept?: boolean;
  readonly polled?: boolean;
}

/**
 * The length of the trouble in milliseconds. A rate limit ends after `RESET`, a little later, so
 * that the listener returns after the trouble.
 */
const LENGTH = 102_000, RESET = 104_000;

/** All troubles, each in two variants: the missed toots can be fetched later, or they cannot. */
export const TROUBLES: readonly Trouble[] = [false, true].flatMap((forgotten): Trouble[] => {
  const what = forgotten ? ", forgotten" : "";
  const shown = forgotten ? { shown: 30_000 } : {};
  return [
    { name: `killed${what}`, killed: true, ...shown },
    {
      name: `deafened${what}`,
      faults: [{ kind: "silence" }],
      // The listener still reads the timeline by REST, so nothing is lost that the timeline shows
      // for at least a minute.
      swept: true,
      ...forgotten ? { shown: 60_000 } : {},
    },
    {
      name: `rate-limited${what}`,
      faults: [{ kind: "http", status: 429, resetIn: RESET }],
      polled: true,
      ...shown,
    },
    {
      name: `shut out${what}`,
      faults: [{ kind: "close", code: 1006 }, { kind: "http", status: 401, on: "any" }],
      ...shown,
    },
  ];
});

/** The number of whole minutes before the trouble, and of all compared minutes. */
const BEFORE = 2, MINUTES = 7;
/**
 * The time in milliseconds during which the server shows only its newest toots; see `shown`. It is
 * longer than the rest of the run, because a listener that was shut out may come back late.
 */
const FORGETS = 200_000;

/** The result of one disturbance. */
export interface CoverageResult {
  trouble: Trouble;
  /**
   * The outcomes in the view, from the first minute to the last one. `-` means that the view has no
   * row for the minute. A star marks the minutes of the trouble.
   */
  outcomes: readonly string[];
  /** True if the outcomes agree with what really happened. */
  right: boolean;
}

/** A minute in milliseconds. */
const MINUTE = 60_000;
const untilNextMinute = () => (MINUTE - Date.now() % MINUTE) / 1000;

/**
 * Plays one trouble, which takes up to nine minutes. If `keep` is set, the files stay in that
 * folder.
 */
export async function playTrouble(trouble: Trouble, keep?: string): Promise<CoverageResult> {
  const { faults = [], killed = false, polled = false } = trouble;
  const folder = await Deno.makeTempDir(keep ? { dir: keep } : {});
  const federation = await startFederation({
    servers: 1,
    outside: 0,
    ownAddresses: true,
    edits: 0,
    deletes: 0,
  });
  const [server] = federation.servers;
  federation.publish(5);
  const start = () =>
    startListener({
      servers: federation.servers,
      folder,
      federated: false,
      streamed: !polled,
      args: ["--consent", "none"],
    });
  let listener = await start();
  try {
    void federation.run({ rate: 2 });
    await until(() => server!.requests.length > 3 || server!.counts().subscriptions > 0, 30);
    await seconds(untilNextMinute());
    const first = Date.now();
    // The wait ends some seconds after a minute has begun, so that the minute before is complete.
    await seconds(BEFORE * 60 + 10);
    const begun = Date.now();
    for (const fault of faults) await federation.fault(0, fault);
    if (killed) await listener.kill();
    await seconds(LENGTH / 1000);
    await federation.heal();
    const { shown } = trouble;
    if (shown !== undefined) {
      await federation.fault(0, { kind: "hole", older: shown, ms: FORGETS });
    }
    const healed = Date.now();
    if (killed) listener = await start();
    await until(() => isServed(server!, healed), 150);
    const back = Date.now();
    await seconds(Math.max(0, first + MINUTES * MINUTE + 5_000 - Date.now()) / 1000);
    await listener.stop();
    const said = await minutes(`${folder}/lake`, first);
    const possible = said.map((_, i) => possibleOutcomes(trouble, begun, back, first + i * MINUTE));
    return {
      trouble,
      outcomes: said.map((outcome, i) =>
        possible[i]!.includes("covered") ? outcome : `${outcome}*`
      ),
      right: said.every((outcome, i) => possible[i]!.includes(outcome)),
    };
  } finally {
    await listener.kill();
    await federation.close();
    if (!keep) await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Returns true if the listener streams, or has requested the timeline after `since`, in
 * milliseconds since 1970.
 */
function isServed(server: SimulatedServer, since: number): boolean {
  return server.counts().subscriptions > 0 ||
    server.requests.some(({ path, at }) => at > since && path.includes("/timelines/"));
}

/**
 * The tolerance at the edges of a trouble, in milliseconds. If a trouble covers less than this of a
 * minute, or misses the minute by less than this, the minute may count as troubled or not.
 */
const NEAR = 2_000;

/**
 * Returns the possible outcomes of a minute.
 *
 * @param begun when the trouble began, in milliseconds since 1970
 * @param back when the server answered the listener again
 */
function possibleOutcomes(
  { shown, swept = false }: Trouble,
  begun: number,
  back: number,
  minute: number,
): string[] {
  const overlaps = (from: number, until: number) => {
    const overlap = Math.min(until, minute + MINUTE) - Math.max(from, minute);
    return overlap > NEAR ? [true] : overlap > -NEAR ? [true, false] : [false];
  };
  const forgotten = shown === undefined || swept ? -Infinity : back - shown;
  return overlaps(begun, back).flatMap((isTrouble) =>
    isTrouble ? overlaps(begun, forgotten).map((isLost) => isLost ? "lost" : "filled") : ["covered"]
  );
}

async function minutes(location: string, first: number): Promise<string[]> {
  const rows = await queryLake<{ minute: number; outcome: string }>(
    location,
    "select epoch_ms(minute)::double as minute, outcome from covered_minute where timeline = 'local'",
  );
  return Array.from({ length: MINUTES }, (_, i) => {
    const start = Math.floor(first / MINUTE) * MINUTE + i * MINUTE;
    return rows.find(({ minute }) => Number(minute) === start)?.outcome ?? "-";
  });
}

/** Returns the cells of one disturbance. */
export function troubleCells({ trouble, outcomes, right }: CoverageResult): string[] {
  return [trouble.name, ...outcomes, right ? "ok" : "WRONG"];
}

/** The titles of the columns of {@linkcode troubleCells}. */
export const TROUBLE_HEAD: readonly string[] = [
  "minute",
  ...Array.from({ length: MINUTES }, (_, i) => String(i + 1)),
  "",
];
