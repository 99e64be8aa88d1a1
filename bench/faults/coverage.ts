/**
 * A listener that is killed, deafened, rate-limited or shut out for two minutes: what
 * the view `covered_minute` says of each minute.
 *
 * @module
 */
import { type Fault, type Federation, startFederation } from "../../simulator/mod.ts";
import { queryLake } from "./lake-rows.ts";
import { type ListenerProcess, startListener } from "./listener.ts";
import { seconds, until } from "./wait.ts";

/** What happens in the minutes of trouble. */
export interface Trouble {
  readonly name: string;
  /** The faults of the server. */
  readonly faults?: readonly Fault[];
  /** The listener is killed, and started again. */
  readonly killed?: boolean;
  /** Afterwards the server shows nothing of the minutes of trouble, for long enough. */
  readonly forgotten?: boolean;
  /** What the view should say of the minutes of trouble. Default: `filled`. */
  readonly outcome?: "filled" | "lost";
  readonly polled?: boolean;
}

/** Every trouble, so that what was missed can be fetched, or cannot. */
export const TROUBLES: readonly Trouble[] = [false, true].flatMap((forgotten) => {
  const what = forgotten ? ", forgotten" : "";
  const outcome = forgotten ? "lost" : "filled";
  return [
    { name: `killed${what}`, killed: true, forgotten, outcome },
    // While the stream is silent the timeline is swept all the same, so nothing is lost.
    { name: `deafened${what}`, faults: [{ kind: "silence" }], forgotten, outcome: "filled" },
    {
      name: `rate-limited${what}`,
      faults: [{ kind: "http", status: 429, resetIn: 110_000 }],
      polled: true,
      forgotten,
      outcome,
    },
    {
      name: `shut out${what}`,
      faults: [{ kind: "close", code: 1006 }, { kind: "http", status: 401, on: "any" }],
      forgotten,
      outcome,
    },
  ] as Trouble[];
});

/** Minutes before, in and after the trouble. */
const BEFORE = 2, IN = 2, AFTER = 3;

/** What the view says of each minute. */
export interface CoverageResult {
  trouble: Trouble;
  /** From the first minute to the last one; `-` for no word. */
  outcomes: readonly string[];
  /** True if the minutes of trouble are told from the others. */
  right: boolean;
}

/** Milliseconds of a minute, and until the next one begins. */
const MINUTE = 60_000;
const untilNextMinute = () => (MINUTE - Date.now() % MINUTE) / 1000;

/** Plays one trouble; it takes eight minutes. */
export async function playTrouble(trouble: Trouble, keep?: string): Promise<CoverageResult> {
  const { faults = [], killed = false, forgotten = false, polled = false } = trouble;
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
    await seconds(BEFORE * 60 + 5);
    listener = await hurt(federation, faults, killed ? listener : null, start) ?? listener;
    if (forgotten) await federation.fault(0, { kind: "hole", older: 10_000, ms: 40_000 });
    await seconds(untilNextMinute() + (AFTER - 1) * 60 + 5);
    await listener.stop();
    const outcomes = await minutes(`${folder}/lake`, first);
    const isWrong = (outcome: string, minute: number) => {
      const inTrouble = minute >= BEFORE && minute < BEFORE + IN;
      return outcome !== (inTrouble ? trouble.outcome ?? "filled" : "covered");
    };
    return { trouble, outcomes, right: !outcomes.some(isWrong) };
  } finally {
    await listener.kill();
    await federation.close();
    if (!keep) await Deno.remove(folder, { recursive: true });
  }
}

/** Lets the trouble last for the rest of two minutes; gives the listener that was started. */
async function hurt(
  federation: Federation,
  faults: readonly Fault[],
  listener: ListenerProcess | null,
  start: () => Promise<ListenerProcess>,
): Promise<ListenerProcess | undefined> {
  const time = IN * 60 - 15;
  for (const fault of faults) await federation.fault(0, fault);
  if (listener) await listener.kill();
  await seconds(time);
  await federation.heal();
  return listener ? await start() : undefined;
}

async function minutes(location: string, first: number): Promise<string[]> {
  const rows = await queryLake<{ minute: number; outcome: string }>(
    location,
    "select epoch_ms(minute)::double as minute, outcome from covered_minute where timeline = 'local'",
  );
  const count = BEFORE + IN + AFTER - 1;
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor(first / MINUTE) * MINUTE + i * MINUTE;
    return rows.find(({ minute }) => Number(minute) === start)?.outcome ?? "-";
  });
}

/** The cells of one trouble. */
export function troubleCells({ trouble, outcomes, right }: CoverageResult): string[] {
  return [trouble.name, ...outcomes, right ? "ok" : "WRONG"];
}

/** The titles of those cells; the minutes of trouble have a star. */
export const TROUBLE_HEAD: readonly string[] = [
  "minute",
  ...Array.from(
    { length: BEFORE + IN + AFTER - 1 },
    (_, i) => `${i + 1}${i >= BEFORE && i < BEFORE + IN ? "*" : ""}`,
  ),
  "",
];
