/**
 * Finds the texts of an author in the files of dead letters, and overwrites them.
 *
 * A line keeps its length, so another process can append to the file at the same time.
 *
 * @module
 */
import { writeAllSync } from "../../../common/files.ts";

/** The position and the length of a line in a file, in bytes and without the line break. */
interface Line {
  readonly at: number;
  readonly length: number;
}

/** The texts in the file of dead letters and in the file before it (`.old`). */
export interface LetterTexts {
  /** Adds a line that was written to the file: its position and its length in bytes. */
  add(authorKey: string, at: number, length: number): void;
  /** Reports that the file was renamed to the old one. */
  renamed(): void;
  /** Overwrites the texts of an author. The first call reads the lines of earlier runs. */
  remove(authorKey: string): void;
}

const KEY = /"author_key":"([^"\\]+)"\}\s*$/;
const LINE_FEED = 10;

/** Opens the texts. Nothing is read yet. */
export function openLetterTexts(path: string): LetterTexts {
  let current = new Map<string, Line[]>(), old = new Map<string, Line[]>();
  let isRead = false;

  function put(lines: Map<string, Line[]>, key: string, line: Line): void {
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [line]);
    else known.push(line);
  }

  function linesOf(file: string): Map<string, Line[]> {
    const lines = new Map<string, Line[]>();
    const bytes = bytesOf(file);
    const decoder = new TextDecoder();
    for (let at = 0; at < bytes.length;) {
      const feed = bytes.indexOf(LINE_FEED, at);
      const end = feed < 0 ? bytes.length : feed;
      const key = KEY.exec(decoder.decode(bytes.subarray(at, end)))?.[1];
      if (key !== undefined) put(lines, key, { at, length: end - at });
      at = end + 1;
    }
    return lines;
  }

  return {
    add: (authorKey, at, length) => {
      // Until the first call of `remove`, no line is remembered, because that call reads the whole
      // file.
      if (isRead) put(current, authorKey, { at, length });
    },
    renamed() {
      old = current;
      current = new Map();
    },
    remove(authorKey) {
      if (!isRead) {
        current = linesOf(path);
        old = linesOf(`${path}.old`);
        isRead = true;
      }
      for (const [lines, file] of [[current, path], [old, `${path}.old`]] as const) {
        const known = lines.get(authorKey);
        if (known === undefined) continue;
        lines.delete(authorKey);
        overwrite(file, known, authorKey);
      }
    },
  };
}

function bytesOf(file: string): Uint8Array {
  try {
    return Deno.readFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

function overwrite(file: string, lines: readonly Line[], authorKey: string): void {
  const opened = Deno.openSync(file, { read: true, write: true });
  try {
    for (const { at, length } of lines) {
      const bytes = new Uint8Array(length);
      opened.seekSync(at, Deno.SeekMode.Start);
      let read = 0;
      for (let more; read < length && (more = opened.readSync(bytes.subarray(read))); read += more);
      const line = new TextDecoder().decode(bytes.subarray(0, read));
      // Another process may have replaced the file.
      if (KEY.exec(line)?.[1] !== authorKey) continue;
      const { raw: _raw, id: _id, author_key: _key, ...rest } = JSON.parse(line);
      const text = new TextEncoder().encode(JSON.stringify({ ...rest, id: null, raw: null }));
      bytes.fill(32);
      bytes.set(text);
      opened.seekSync(at, Deno.SeekMode.Start);
      writeAllSync(opened, bytes);
    }
  } finally {
    opened.close();
  }
}
