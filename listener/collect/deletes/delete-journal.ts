/**
 * The journal of deletes that were received and are not durable yet.
 *
 * A missed status can be read from the timeline later, but a delete is sent only once. So each
 * delete is written to the journal as soon as it arrives, and after a crash it is passed to the
 * sinks again. The journal contains nothing that the sinks do not get.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Deletion } from "../../../record/record.ts";
import { Failure } from "../../../common/failure.ts";
import { writeAllSync } from "../../../common/files.ts";

/** The deletes of one server that are not durable yet. */
export interface DeleteJournal {
  /** The deletes that were not durable when the last run ended. Pass them to the sinks again. */
  readonly left: readonly Deletion[];
  /**
   * Writes a delete. The delete then survives a crash of this process, but perhaps not one of the
   * machine.
   *
   * @throws {Failure} if the file cannot be written
   */
  add(deletion: Deletion): void;
  /**
   * Call this when the oldest `count` deletes are durable. The journal then forgets them.
   *
   * @throws {Failure} if the file cannot be written
   */
  settle(count: number): void;
  close(): void;
}

/** At this size in bytes the file is rewritten without the durable deletes. */
const COMPACT_ABOVE = 1 << 20;

/**
 * Opens the journal. The first delete creates its file. When all deletes are durable, the file is
 * empty.
 *
 * @throws {Failure} if the file cannot be read
 */
export function openDeleteJournal(path: string): DeleteJournal {
  const encoder = new TextEncoder();
  const failing = (error: unknown) =>
    new Failure(`Cannot write the deletes "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  const left = read(path);
  let open: Deletion[] = [...left];
  let file: Deno.FsFile | null = null;
  let bytes = 0;

  function write(deletions: readonly Deletion[]): void {
    let text = deletions.map((deletion) => `${JSON.stringify(deletion)}\n`).join("");
    if (file === null) {
      Deno.mkdirSync(dirname(path), { recursive: true });
      file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
      bytes = file.statSync().size;
      if (bytes > 0) text = `\n${text}`; // The last line may lack its line break.
    }
    const encoded = encoder.encode(text);
    writeAllSync(file, encoded);
    bytes += encoded.length;
  }

  /** Rewrites the file with only the deletes that are not durable. */
  function compact(): void {
    file?.close();
    file = null;
    if (open.length === 0) return Deno.truncateSync(path);
    const draft = `${path}.${Deno.pid}.new`;
    const text = open.map((deletion) => `${JSON.stringify(deletion)}\n`).join("");
    Deno.writeTextFileSync(draft, text, { mode: 0o600 });
    Deno.renameSync(draft, path);
  }

  return {
    left,
    add(deletion) {
      try {
        open.push(deletion);
        write([deletion]);
      } catch (error) {
        throw failing(error);
      }
    },
    settle(count) {
      if (count === 0) return;
      open = open.slice(count);
      if (open.length > 0 && bytes < COMPACT_ABOVE) return;
      try {
        compact();
      } catch (error) {
        throw failing(error);
      }
    },
    close() {
      file?.close();
      file = null;
    },
  };
}

function read(path: string): Deletion[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new Failure(`Cannot read the deletes "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
  return text.split("\n").flatMap((line) => {
    try {
      const { base_url, status_id, deleted_at } = JSON.parse(line);
      const whole = typeof base_url === "string" && typeof status_id === "string" &&
        Number.isSafeInteger(deleted_at);
      return whole ? [{ base_url, status_id, deleted_at }] : [];
    } catch {
      return []; // A crash may have cut the last line.
    }
  });
}
