/**
 * A listener that is killed, deafened, rate-limited or shut out for most of two minutes: what
 * the view `covered_minute` says of each minute, beside what the server knows of it.
 *
 * @module
 */
import { type Fault, type SimulatedServer, startFederation } from "../../simulator/mod.ts";
import { queryLake } from "./lake-rows.ts";
import { startListener } from "./listener.ts";
import { seconds, until } from "./wait.ts";

/** What happens in the disturbed minutes. */
export interface Trouble {
  readonly name: string;
  /** The faults of the server. */
  readonly faults?: readonly Fault[];
  /** Kills the listener and starts it again. */
  readonly killed?: boolean;
  /**
   * Afterwards the server shows for a while only what was posted in the last milliseconds, this
   * many of them.
   */
  readonly shown?: number;
  /** Nothing is lost, whatever the server shows afterwards. */
  readonly swept?: boolean;
  readonly polled?: boolean;
}

/** The trouble lasts this long. A rate limit ends a little later, so that the listener comes back then. */
const LENGTH = 102_000, RESET = 104_000;

/** Every trouble, so that what was missed can be fetched, or cannot. */
export const TROUBLES: readonly Trouble[] = [false, true].flatMap((forgotten): Trouble[] => {
  const what = forgotten ? ", forgotten" : "";
  const shown = forgotten ? { shown: 30_000 } : {};
  return [
    { name: `killed${what}`, killed: true, ...shown },
    {
      name: `deafened${what}`,
      faults: [{ kind: "silence" }],
      // The timeline is swept all the same, so nothing is lost that it shows for a minute.
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

/** Whole minutes before the trouble, and all that are looked at. */
const BEFORE = 2, MINUTES = 7;
/** How long a server that forgets does so, milliseconds. */
const FORGETS = 100_000;

/** What the view says of each minute. */
export interface CoverageResult {
  trouble: Trouble;
  /** From the first minute to the last one; `-` for no word, a star where there was trouble. */
  outcomes: readonly string[];
  /** True if the view says what the server saw. */
  right: boolean;
}

/** Milliseconds of a minute, and until the next minute begins. */
const MINUTE = 60_000;
const untilNextMinute = () => (MINUTE - Date.now() % MINUTE) / 1000;

/** Plays one trouble; it takes nine minutes. */
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
    // Some seconds after the minute has begun, so that the one before is whole.
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

/** True if the listener streams, or has asked for the timeline since then. */
function isServed(server: SimulatedServer, since: number): boolean {
  return server.counts().subscriptions > 0 ||
    server.requests.some(({ path, at }) => at > since && path.includes("/timelines/"));
}

/** An edge of the trouble that is this near to a minute's may lie on either side of it. */
const NEAR = 2_000;

/**
 * What the view may say of a minute.
 *
 * @param begun when the server or the listener ceased, milliseconds since 1970
 * @param back when the listener was served again
 */
function possibleOutcomes(
  { shown, swept = false }: Trouble,
  begun: number,
  back: number,
  minute: number,
): string[] {
  const meets = (from: number, until: number) => {
    const overlap = Math.min(until, minute + MINUTE) - Math.max(from, minute);
    return overlap > NEAR ? [true] : overlap > -NEAR ? [true, false] : [false];
  };
  const forgotten = shown === undefined || swept ? -Infinity : back - shown;
  return meets(begun, back).flatMap((isTrouble) =>
    isTrouble ? meets(begun, forgotten).map((isLost) => isLost ? "lost" : "filled") : ["covered"]
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

/** The cells of one disturbance. */
export function troubleCells({ trouble, outcomes, right }: CoverageResult): string[] {
  return [trouble.name, ...outcomes, right ? "ok" : "WRONG"];
}

/** The titles of those cells. */
export const TROUBLE_HEAD: readonly string[] = [
  "minute",
  ...Array.from({ length: MINUTES }, (_, i) => String(i + 1)),
  "",
];
