/**
 * Where a run ended, so that the next one can fill the gap.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { writeFileAtomically } from "../../common/files.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import { compareIds } from "../mastodon/status-id.ts";
import { millisecondsOf } from "../toot/time.ts";

/** How far a server's timeline has been read. */
export interface Position {
  /** The newest status id. */
  readonly id: string;
  /** When that status was posted: as the server wrote it, or in milliseconds since 1970. */
  readonly time: unknown;
}

/** Whose checkpoint it is. */
export interface CheckpointOptions {
  /** `<data>/checkpoints`, made where it is missing. */
  readonly folder: string;
  readonly baseURL: string;
  readonly federated: boolean;
  /** The names of the sinks: what one has, another may not have. */
  readonly sinks: readonly string[];
  /** Milliseconds between two writes at least. Default 1,000. */
  readonly every?: number;
  readonly clock?: Clock;
  readonly warn: (message: string) => void;
  readonly onWritten?: (at: number) => void;
}

/** The checkpoint of one server. */
export interface Checkpoint {
  readonly path: string;
  /** Where the last run ended; null where there was none, or where that cannot be read. */
  read(): Promise<{ id: string; time: number | null } | null>;
  /** Notes that all up to this position is durable. It is written soon; an older one is ignored. */
  note(position: Position): void;
  /**
   * Writes what was noted and not yet written.
   *
   * @throws {Failure} if it cannot be written
   */
  close(): Promise<void>;
}

/** The name of a checkpoint's file: server, timeline, and a hash of the sinks. */
export async function checkpointName(
  { baseURL, federated, sinks }: Pick<CheckpointOptions, "baseURL" | "federated" | "sinks">,
): Promise<string> {
  const names = new TextEncoder().encode([...sinks].sort().join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", names)).slice(0, 4).toHex();
  const host = new URL(baseURL).host.replace(/[^a-z0-9.-]/g, "_");
  return `${host}-${federated ? "public" : "local"}-${hash}.json`;
}

/** Opens the checkpoint of a server; nothing is read or written yet. */
export async function openCheckpoint(options: CheckpointOptions): Promise<Checkpoint> {
  const { folder, baseURL, federated, warn, onWritten = () => {} } = options;
  const { every = 1_000, clock = systemClock } = options;
  const sinks = [...options.sinks].sort();
  const path = join(folder, await checkpointName(options));
  const timeline = federated ? "public" : "local";

  let noted: Position | null = null;
  let writtenId: string | null = null;
  let cancel: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();
  let warned = false;

  function write(): Promise<void> {
    const position = noted;
    if (position === null || position.id === writtenId) return writing;
    const now = clock.now();
    const { id, time } = position;
    const milliseconds = typeof time === "number" ? time : millisecondsOf(time);
    const text = JSON.stringify(
      {
        base_url: baseURL,
        timeline,
        sinks,
        last_id: id,
        last_posted_at: milliseconds === null ? null : new Date(milliseconds).toISOString(),
        written_at: new Date(now).toISOString(),
      },
      null,
      2,
    );
    writing = writing.catch(() => {}).then(() => replace(path, `${text}\n`)).then(() => {
      writtenId = id;
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
        return parse(text, baseURL, timeline);
      } catch (error) {
        const aside = `${path}.corrupt-${clock.now()}`;
        warn(
          `The checkpoint "${path}" ${(error as Error).message}; it is set aside as ` +
            `"${aside}", and the start is as if there were none`,
        );
        await Deno.rename(path, aside);
        return null;
      }
    },
    note(position) {
      if (noted !== null && compareIds(position.id, noted.id) <= 0) return;
      noted = position;
      cancel ??= clock.after(every, () => {
        cancel = null;
        write().catch((error) => {
          // The records are safe without it; the next start reads more of them again.
          if (!warned) warn((error as Error).message);
          warned = true;
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

/** @throws {Error} whose message goes on after "The checkpoint …" */
function parse(text: string, baseURL: string, timeline: string) {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new Error("is no JSON");
  }
  const { last_id, last_posted_at } = fields ?? {};
  if (fields?.["base_url"] !== baseURL || fields["timeline"] !== timeline) {
    throw new Error("belongs to another timeline");
  }
  if (typeof last_id !== "string" || !/^[\w-]{1,64}$/.test(last_id)) {
    throw new Error("names no status");
  }
  return { id: last_id, time: millisecondsOf(last_posted_at) };
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
