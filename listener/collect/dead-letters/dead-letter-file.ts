/**
 * The file of dead letters: what could not be read, a JSON object a line, so that
 * somebody can look at it and replay it once it can be read. When the file is
 * full it becomes the old one, and a new one begins.
 *
 * @module
 */
import { dirname } from "node:path";
import { Failure } from "../../../common/failure.ts";
import { DEAD_LETTER_BYTES, DEAD_LETTER_LENGTH } from "../../limits.ts";
import { writeAllSync } from "../../../common/files.ts";

/** Something that could not be read. */
export interface DeadLetter {
  readonly server: string;
  /** The id of the status, if it could be read and may be kept. */
  readonly id: string | null;
  readonly reason: string;
  /** What came, as text; null if its author may not want it to be kept. */
  readonly raw: string | null;
}

/** The file. */
export interface DeadLetterFile {
  /**
   * Writes a letter, and says how many bytes it took.
   *
   * @throws {Failure} if the file cannot be written
   */
  add(letter: DeadLetter, at: number): number;
  close(): void;
}

/**
 * Opens the file for appending. It is made with the first letter, for its owner
 * only.
 *
 * @param most bytes of this file and the old one together
 */
export function openDeadLetterFile(path: string, most = DEAD_LETTER_BYTES): DeadLetterFile {
  let file: Deno.FsFile | null = null;
  let size = 0;

  function open(): Deno.FsFile {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const opened = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    size = opened.statSync().size;
    return opened;
  }

  return {
    add({ server, id, reason, raw }, at) {
      const short = raw === null ? null : raw.slice(0, DEAD_LETTER_LENGTH).toWellFormed();
      const line = JSON.stringify({
        ...{ at: new Date(at).toISOString(), server, id, reason, raw: short },
      });
      const bytes = new TextEncoder().encode(`${line}\n`);
      try {
        file ??= open();
        if (size > 0 && size + bytes.length > most / 2) {
          file.close();
          file = null;
          Deno.renameSync(path, `${path}.old`);
          file = open();
        }
        // One call a line: lines of two listeners do not mix.
        writeAllSync(file, bytes);
        size += bytes.length;
        return bytes.length;
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
