/**
 * The memory of statuses on the disk, so that a restarted listener notices which statuses were
 * deleted while it was stopped.
 *
 * @module
 */
import { dirname } from "node:path";
import { Failure } from "../../common/failure.ts";
import { replaceFileSync, writeAllSync } from "../../common/files.ts";
import { warnOnce } from "../report/warn-once.ts";
import type { Outcome } from "./given.ts";
import {
  createGivenStatuses,
  type Entry,
  type Floor,
  type GivenOptions,
  type GivenStatuses,
  NO_FLOOR,
} from "./given-statuses.ts";

/** A memory of statuses and its file. */
export interface GivenFile {
  readonly given: GivenStatuses;
  /** Sets the point at which the memory begins, and rewrites the file at once. */
  begin: GivenStatuses["begin"];
  /**
   * Takes the changes since its last call, and returns a function that appends them to the file;
   * null if nothing changed. Call that function once the records of the changed statuses are
   * durable. If writing fails, that function only warns, because the statuses will be read again.
   */
  prepare(): (() => void) | null;
  close(): void;
}

/** The letters of the outcomes in the file; in upper case if the server deleted the status. */
const LETTERS: Readonly<Record<Outcome, string>> = {
  "pending": "p",
  "record": "r",
  "hashed": "h",
  "left out": "l",
};

/** The file is rewritten when its lines outnumber the remembered statuses by more than this. */
const SLACK = 20_000;

function lineOf({ id, at, edited, outcome, deleted }: Entry): string {
  const letter = LETTERS[outcome];
  return `${id} ${at} ${edited} ${deleted ? letter.toUpperCase() : letter}\n`;
}

/**
 * A line has an id without blanks, the times of posting and editing, and a letter from `LETTERS`,
 * which is a capital if the server has deleted the status.
 */
const LINE = /^([!-~]+) (-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?) ([prhl])$/i;

/** An id that can be written into a line. */
const WRITABLE = /^[!-~]+$/;

const OUTCOMES = new Map(
  Object.entries(LETTERS).map(([name, letter]) => [letter, name as Outcome]),
);

function parseLine(line: string): Entry | null {
  const [, id, at, edited, letter] = LINE.exec(line) ?? [];
  if (id === undefined) return null;
  const lower = letter!.toLowerCase();
  return {
    id,
    at: Number(at),
    edited: Number(edited),
    outcome: OUTCOMES.get(lower)!,
    deleted: letter !== lower,
  };
}

/**
 * Opens the memory of one timeline. The first line of the file is JSON and says where the memory
 * begins. Each further line is a status; the last line about a status counts. A line that cannot be
 * read is ignored.
 *
 * @param most see {@linkcode GivenOptions}
 * @throws {Failure} if the file cannot be read
 */
export function openGivenFile(
  path: string,
  { most, warn }: Pick<GivenOptions, "most"> & { warn: (message: string) => void },
): GivenFile {
  const { head, entries } = read(path);
  const given = createGivenStatuses({ ...head, entries, ...most === undefined ? {} : { most } });
  let file: Deno.FsFile | null = null;
  let lines = entries.length;
  let written = given.floor;
  const report = warnOnce(warn);
  const encoder = new TextEncoder();

  const headOf = () => JSON.stringify({ floor: given.floor, origin: given.origin });

  function attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      report(`Cannot write the given statuses "${path}": ${(error as Error).message}`);
    }
  }

  /** Rewrites the file without forgotten statuses, and with one line for each of the others. */
  function rewrite(): void {
    file?.close();
    file = null;
    Deno.mkdirSync(dirname(path), { recursive: true });
    // The lines are taken from the old file, because the memory also holds statuses that are not
    // durable yet.
    const kept = new Map<string, string>();
    for (const line of readLines(path).lines) {
      const id = LINE.exec(line)?.[1];
      if (id !== undefined && given.find(id)) kept.set(id, line);
    }
    const text = [headOf(), ...kept.values()].join("\n");
    replaceFileSync(path, `${text}\n`, { mode: 0o600 });
    lines = kept.size;
    written = given.floor;
  }

  function append(bytes: Uint8Array, more: number): void {
    if (given.floor !== written || lines > given.size + SLACK) rewrite();
    if (file === null) {
      Deno.mkdirSync(dirname(path), { recursive: true });
      file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
      // A new file needs its first line. In an old file, the last line may lack its line break.
      const start = file.statSync().size === 0 ? `${headOf()}\n` : "\n";
      writeAllSync(file, encoder.encode(start));
    }
    writeAllSync(file, bytes);
    lines += more;
  }

  return {
    given,
    begin(floor, now) {
      given.begin(floor, now);
      attempt(rewrite);
    },
    prepare() {
      // The changes wait as bytes until they are durable. Objects that wait would leave the young
      // generation of the heap, which makes garbage collection slower.
      let text = "", more = 0;
      for (const entry of given.changes()) {
        // An id with blanks, line breaks or non-ASCII characters does not fit into a line. No known
        // server software makes such ids.
        if (!WRITABLE.test(entry.id)) continue;
        text += lineOf(entry);
        more++;
      }
      if (more === 0) return null;
      const bytes = encoder.encode(text);
      return () => attempt(() => append(bytes, more));
    },
    close() {
      file?.close();
      file = null;
    },
  };
}

function read(path: string): { head: Head; entries: Entry[] } {
  const { first, lines } = readLines(path);
  return {
    head: parseHead(first),
    entries: lines.map(parseLine).filter((entry) => entry !== null),
  };
}

function readLines(path: string): { first: string; lines: string[] } {
  try {
    const [first = "", ...lines] = Deno.readTextFileSync(path).split("\n");
    return { first, lines };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { first: "", lines: [] };
    throw new Failure(`Cannot read the given statuses "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}

type Head = Pick<GivenOptions, "floor" | "origin">;

function parseFloor(floor: Partial<Floor> | undefined): Floor {
  const { id, time } = floor ?? NO_FLOOR;
  return {
    id: typeof id === "string" ? id : null,
    time: typeof time === "number" && Number.isFinite(time) ? time : null,
  };
}

function parseHead(line: string): Head {
  try {
    const { floor, origin } = JSON.parse(line);
    const begun = Number.isFinite(origin?.at);
    return {
      floor: parseFloor(floor),
      origin: begun ? { floor: parseFloor(origin.floor), at: origin.at } : null,
    };
  } catch {
    return {};
  }
}
