/**
 * A replay: statuses and stream frames from a file.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import type { Collector } from "../collect/collector.ts";
import { lines, LONGEST_LINE } from "./lines.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { parseFrame } from "../mastodon/stream/frame.ts";
import { hostOf } from "../toot/origin.ts";
import { jsonFault, parseJson } from "../toot/json.ts";
import { serverTotals, sum, type Totals } from "../report/totals.ts";

/** Options of {@linkcode replay}. */
export interface ReplayOptions {
  readonly collector: Collector;
  readonly input: ReadableStream<Uint8Array>;
  /** The server that all lines came from; null to use the address of each status. */
  readonly baseURL: string | null;
  readonly totals: Totals;
  readonly signal: AbortSignal;
}

/** Stands for the server of a line that does not name its server. */
const UNKNOWN_SERVER = "unknown";

/**
 * Reads a file of JSON lines and passes the events to the collector, as fast as the collector takes
 * them. Each line is a Status or a frame of the streaming API (`{event, payload}`, where the
 * payload is text or an object). Every line is counted exactly once in `totals`.
 *
 * @returns the number of lines
 */
export async function replay(options: ReplayOptions): Promise<number> {
  const { collector, input, baseURL, totals, signal } = options;
  let count = 0;
  for await (const burst of lines(chunks(input, signal))) {
    for (const line of burst) {
      if (signal.aborted || collector.full) return count;
      count++;
      const event = read(line, count);
      if (event === null) serverTotals(totals, baseURL ?? UNKNOWN_SERVER).others++;
      else collector.take(baseURL ?? originOf(event) ?? UNKNOWN_SERVER, event);
    }
    await collector.room();
  }
  return count;
}

/**
 * Yields the bytes of a stream until it ends or the signal is aborted. The signal is needed because
 * a pipe may be silent for hours.
 */
async function* chunks(stream: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        const { message } = cause as Error;
        throw new Failure(`--replay: the file cannot be read further: ${message}`, { cause });
      });
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/**
 * Returns the event of a line; null if the line is blank, or if its event is not about a status.
 */
function read(line: string, number: number): ServerEvent | null {
  if (line.trim() === "") return null;
  const bad = (reason: string): ServerEvent => ({
    kind: "bad",
    transport: "replay",
    reason: `line ${number} ${reason}`,
    raw: line,
  });
  if (line.length > LONGEST_LINE) return bad(`is longer than ${LONGEST_LINE} characters`);
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    return bad(jsonFault(error));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return bad("is not a JSON object");
  }
  if (!isFrame(value)) return { kind: "status", transport: "replay", status: value };
  const frame = parseFrame(line, "replay");
  switch (frame?.kind) {
    case "status":
    case "delete":
      return frame;
    case "bad":
      return bad(`is not a frame: ${frame.reason}`);
    default:
      return null;
  }
}

function isFrame(value: object): boolean {
  return "event" in value && !("account" in value) && !("content" in value);
}

/**
 * Returns the home server of a status, such as `https://bread.example`; null if the addresses of
 * the status do not show the server.
 */
function originOf(event: ServerEvent): string | null {
  if (event.kind !== "status") return null;
  const { uri, url } = event.status as { uri?: unknown; url?: unknown };
  for (const address of [uri, url]) {
    if (typeof address !== "string") continue;
    const tag = /^tag:([^,:/]+),/i.exec(address);
    const { protocol, origin } = URL.parse(tag === null ? address : `https://${tag[1]}`) ?? {};
    if (origin !== undefined && /^https?:$/.test(protocol!) && hostOf(origin) !== null) {
      return origin;
    }
  }
  return null;
}

/**
 * Returns a text of one line that says what became of the lines of a replay. Its numbers add up to
 * `count`, the number of lines that were read.
 *
 * @example
 * ```ts
 * import { accountText } from "./replay.ts";
 * import { createTotals, serverTotals } from "../report/totals.ts";
 *
 * const totals = createTotals(0);
 * Object.assign(serverTotals(totals, "https://bread.example"), { toots: 8, boosts: 2 });
 * const text = accountText(10, totals);
 * if (!text.startsWith("10 lines = 8 toots + 2 boosts + 0 not public")) throw new Error(text);
 * ```
 */
export function accountText(count: number, totals: Totals): string {
  const number = (value: number) => value.toLocaleString("en");
  const account = accountOf(totals);
  const parts = Object.entries(account)
    .filter(([name, value]) => name !== "other lines" || value > 0)
    .map(([name, value]) => `${number(value)} ${name}`);
  return `${number(count)} lines = ${parts.join(" + ")}`;
}

/** Returns the counts that add up to the lines of a replay. */
export function accountOf(totals: Totals): Record<string, number> {
  return {
    toots: sum(totals, "toots"),
    boosts: sum(totals, "boosts"),
    "not public": sum(totals, "notPublic"),
    duplicates: sum(totals, "duplicates"),
    deletes: sum(totals, "deletes"),
    "dead letters": sum(totals, "deadLetters"),
    "other lines": sum(totals, "others"),
  };
}
