/**
 * Stores the position at which a run ended, so that the next run can fill the gap between the two
 * runs.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { writeFileAtomically } from "../../common/files.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import { canPage, idTime } from "../mastodon/status-id.ts";
import { warnOnce } from "../report/warn-once.ts";
import { millisecondsOf } from "../toot/time.ts";

/**
 * The position up to which a server's timeline has been read. Times are in milliseconds since 1970.
 */
export interface Position {
  /** The newest status id; null if no known id can be a cursor. */
  readonly id: string | null;
  /** When the newest status was posted; null if unknown. */
  readonly time: number | null;
  /** The time until which the timeline is covered; null if unknown. */
  readonly coveredUntil: number | null;
}

/** Options of {@linkcode openCheckpoint}. */
export interface CheckpointOptions {
  /** `<data>/checkpoints`, created if it is missing. */
  readonly folder: string;
  readonly baseURL: string;
  readonly federated: boolean;
  /** The names of the sinks. Each combination of sinks has its own checkpoint. */
  readonly sinks: readonly string[];
  /** The shortest time between two writes, in milliseconds. Default 1,000. */
  readonly every?: number;
  readonly clock?: Clock;
  readonly warn: (message: string) => void;
  readonly onWritten?: (at: number) => void;
}

/** The checkpoint of one server. */
export interface Checkpoint {
  readonly path: string;
  /**
   * Reads the position at which the last run ended; null if there is no checkpoint, or if its
   * contents are invalid. An id that is from the future or cannot be a cursor becomes null. If
   * `time` is unknown or in the future, the time in the id replaces it, or else the time at which
   * the checkpoint was written. If `coveredUntil` is in the future, it becomes null.
   *
   * @throws {Failure} if the file cannot be read
   */
  read(): Promise<Position | null>;
  /**
   * Reports that everything up to this position is durable. The file is written within `every`
   * milliseconds.
   */
  note(position: Position): void;
  /**
   * Writes the newest position, if it is not written yet.
   *
   * @throws {Failure} if it cannot be written
   */
  close(): Promise<void>;
}

/** Returns the name of a checkpoint's file: server, timeline, and a hash of the sinks. */
export async function checkpointName(
  { baseURL, federated, sinks }: Pick<CheckpointOptions, "baseURL" | "federated" | "sinks">,
): Promise<string> {
  const names = new TextEncoder().encode([...sinks].sort().join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", names)).slice(0, 4).toHex();
  const host = new URL(baseURL).host.replace(/[^a-z0-9.-]/g, "_");
  return `${host}-${federated ? "public" : "local"}-${hash}.json`;
}

/** Opens the checkpoint of a server, without reading or writing yet. */
export async function openCheckpoint(options: CheckpointOptions): Promise<Checkpoint> {
  const { folder, baseURL, federated, warn, onWritten = () => {} } = options;
  const { every = 1_000, clock = systemClock } = options;
  const sinks = [...options.sinks].sort();
  const path = join(folder, await checkpointName(options));
  const timeline = federated ? "public" : "local";

  let noted: Position | null = null;
  let written: Position | null = null;
  let cancel: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();
  const report = warnOnce(warn);

  function write(): Promise<void> {
    const position = noted;
    if (position === null || position === written) return writing;
    const now = clock.now();
    const { id, time, coveredUntil } = position;
    const text = JSON.stringify(
      {
        base_url: baseURL,
        timeline,
        sinks,
        last_id: id,
        last_posted_at: timeText(time),
        covered_until: timeText(coveredUntil),
        written_at: new Date(now).toISOString(),
      },
      null,
      2,
    );
    writing = writing.catch(() => {}).then(() => replace(path, `${text}\n`)).then(() => {
      written = position;
      onWritten(now);
    });
    return writing;
  }

  return {
    path,
    async read() {
      let text: string;
      try {
        text = await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw new Failure(`Cannot read the checkpoint "${path}": ${(error as Error).message}`, {
          cause: error,
        });
      }
      try {
        return parse(text, baseURL, timeline, clock.now());
      } catch (error) {
        const aside = `${path}.corrupt-${clock.now()}`;
        warn(
          `The checkpoint "${path}" ${(error as Error).message}; it is set aside as ` +
            `"${aside}", and the listener starts as if there were none`,
        );
        await Deno.rename(path, aside);
        return null;
      }
    },
    note(position) {
      noted = position;
      cancel ??= clock.after(every, () => {
        cancel = null;
        write().catch((error) => {
          // A failed write loses no record: the next start only reads more statuses again.
          report((error as Error).message);
        });
      });
    },
    async close() {
      cancel?.();
      cancel = null;
      await write();
    },
  };
}

const timeText = (milliseconds: number | null) =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

/**
 * Reads the position in the text of a checkpoint.
 *
 * @throws {Error} with a message that completes the sentence "The checkpoint …"
 */
function parse(text: string, baseURL: string, timeline: string, now: number): Position {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new Error("is not JSON");
  }
  const { last_id: id, last_posted_at, covered_until, written_at } = fields ?? {};
  if (fields?.["base_url"] !== baseURL || fields["timeline"] !== timeline) {
    throw new Error("belongs to another timeline");
  }
  if (id !== null && (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id))) {
    throw new Error("names no status");
  }
  const past = (time: number | null) => time !== null && time <= now ? time : null;
  const believed = id !== null && canPage(id) && (idTime(id) ?? 0) <= now;
  const posted = past(millisecondsOf(last_posted_at)) ?? (believed ? idTime(id) : null);
  return {
    id: believed ? id : null,
    time: posted ?? past(millisecondsOf(written_at)),
    coveredUntil: past(millisecondsOf(covered_until)),
  };
}

async function replace(path: string, text: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, text);
  } catch (error) {
    throw new Failure(`Cannot write the checkpoint "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}
