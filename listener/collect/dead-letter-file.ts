/**
 * What could not be read is kept, a JSON object a line, so that somebody can
 * look at it and replay it once it can be.
 *
 * @module
 */
import { dirname } from "node:path";
import { Failure } from "../../common/failure.ts";
import { writeAllSync } from "../../common/files.ts";

/** Something that could not be read. */
export interface DeadLetter {
  readonly server: string;
  /** The id of the status, where that much could be read. */
  readonly id: string | null;
  readonly reason: string;
  /** What came, as text; null where its author does not want to be collected. */
  readonly raw: string | null;
}

/** Takes dead letters. */
export interface DeadLetters {
  /** @throws {Failure} where the file cannot be written */
  add(letter: DeadLetter, at: number): void;
  close(): void;
}

/** So much of what came is kept, in UTF-16 code units. */
const LONGEST = 1 << 20;

/** Appends to a file, which is made with the first letter, for its owner only. */
export function openDeadLetters(path: string): DeadLetters {
  let file: Deno.FsFile | null = null;
  return {
    add({ server, id, reason, raw }, at) {
      const line = JSON.stringify({
        at: new Date(at).toISOString(),
        server,
        id,
        reason,
        raw: raw === null ? null : raw.slice(0, LONGEST).toWellFormed(),
      });
      const bytes = new TextEncoder().encode(`${line}\n`);
      try {
        if (file === null) {
          Deno.mkdirSync(dirname(path), { recursive: true });
          file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
        }
        // One call a line: lines of two listeners do not mix. They are few, so waiting is cheap.
        writeAllSync(file, bytes);
      } catch (error) {
        throw new Failure(`Cannot write the dead letters "${path}": ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
    close() {
      file?.close();
      file = null;
    },
  };
}
