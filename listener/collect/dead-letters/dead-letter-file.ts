/**
 * The file of dead letters: statuses that could not be read, one JSON object per line, so that
 * somebody can examine them and replay them later. When the file is full, `.old` is added to its
 * name, and a new file is started.
 *
 * @module
 */
import { dirname } from "node:path";
import { Failure } from "../../../common/failure.ts";
import { DEAD_LETTER_BYTES, DEAD_LETTER_LENGTH } from "../../limits.ts";
import { writeAllSync } from "../../../common/files.ts";
import { openLetterTexts } from "./letter-texts.ts";

/** A status that could not be read. */
export interface DeadLetter {
  readonly server: string;
  /** The id of the status, if it could be read and may be kept. */
  readonly id: string | null;
  readonly reason: string;
  /** The text of the status; null if its author may not want it to be kept. */
  readonly raw: string | null;
  /** The key of the author, by which an opt-out finds and removes the text; null if unknown. */
  readonly author_key?: string | null;
}

/** The file of dead letters. */
export interface DeadLetterFile {
  /**
   * Writes a letter and returns the number of bytes written.
   *
   * @param at the time in the letter, in milliseconds since 1970
   * @throws {Failure} if the file cannot be written
   */
  add(letter: DeadLetter, at: number): number;
  /**
   * Overwrites the texts of an author who has opted out, also those of earlier runs.
   *
   * @throws {Failure} if the file cannot be changed
   */
  forget(authorKey: string): void;
  close(): void;
}

/**
 * Opens the file for appending. The first letter creates it, readable by its owner only.
 *
 * @param most the largest size in bytes of this file and the old one together
 */
export function openDeadLetterFile(path: string, most = DEAD_LETTER_BYTES): DeadLetterFile {
  let file: Deno.FsFile | null = null;
  let size = 0;
  const texts = openLetterTexts(path);
  const failing = (cause: unknown) =>
    new Failure(`Cannot write the dead letters "${path}": ${(cause as Error).message}`, { cause });

  function open(): Deno.FsFile {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const opened = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    size = opened.statSync().size;
    return opened;
  }

  return {
    add({ server, id, reason, raw, author_key = null }, at) {
      const short = raw === null ? null : raw.slice(0, DEAD_LETTER_LENGTH).toWellFormed();
      const line = JSON.stringify({
        ...{ at: new Date(at).toISOString(), server, id, reason, raw: short },
        ...author_key === null ? {} : { author_key },
      });
      const bytes = new TextEncoder().encode(`${line}\n`);
      try {
        file ??= open();
        if (size > 0 && size + bytes.length > most / 2) {
          file.close();
          file = null;
          Deno.renameSync(path, `${path}.old`);
          texts.renamed();
          file = open();
        }
        // Each line is written in one call, so that the lines of two listeners do not mix.
        writeAllSync(file, bytes);
        size += bytes.length;
        if (author_key !== null) {
          const end = file.seekSync(0, Deno.SeekMode.Current);
          texts.add(author_key, end - bytes.length, bytes.length - 1);
        }
        return bytes.length;
      } catch (error) {
        throw failing(error);
      }
    },
    forget(authorKey) {
      try {
        texts.remove(authorKey);
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
