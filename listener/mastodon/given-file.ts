/**
 * The memory of given statuses on the disk, so that a restart goes on with it: a
 * delete made during the night is noticed in the morning.
 *
 * @module
 */
import { dirname } from "node:path";
import { Failure } from "../../common/failure.ts";
import {
  createGivenStatuses,
  type Entry,
  type Floor,
  type GivenOptions,
  type GivenStatuses,
  NO_FLOOR,
  type Outcome,
} from "./given-statuses.ts";

/** A memory and the file that it is kept in. */
export interface GivenFile {
  readonly given: GivenStatuses;
  /** Sets the beginning of the memory, and writes it down at once. */
  begin: GivenStatuses["begin"];
  /** Appends entries whose records are durable. Failing to is a warning: they are read again. */
  save(entries: readonly Entry[]): void;
  close(): void;
}

/** Letters of the outcomes in the file; in upper case where the server has deleted the status. */
const LETTERS: Readonly<Record<Outcome, string>> = {
  "pending": "p",
  "record": "r",
  "hashed": "h",
  "left out": "l",
};

/** Lines beyond those that are remembered, after which the file is written anew. */
const SLACK = 20_000;

function lineOf({ id, at, edited, outcome, deleted }: Entry): string {
  const letter = LETTERS[outcome];
  return `${id} ${at} ${edited} ${deleted ? letter.toUpperCase() : letter}\n`;
}

function parseLine(line: string): Entry | null {
  const [id, at, edited, letter, more] = line.split(" ");
  const outcome = (Object.keys(LETTERS) as Outcome[])
    .find((name) => LETTERS[name] === letter?.toLowerCase());
  if (!id || outcome === undefined || more !== undefined) return null;
  const times = [Number(at), Number(edited)] as const;
  if (!times.every(Number.isFinite)) return null;
  const deleted = letter !== letter!.toLowerCase();
  return { id, at: times[0], edited: times[1], outcome, deleted };
}

/**
 * Opens the memory of one timeline. The file begins with a line of JSON that says
 * where the memory begins; each further line is a status, and a later line about
 * the same status counts. A line that cannot be read is ignored.
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
  let warned = false;
  const encoder = new TextEncoder();

  const headOf = () => `${JSON.stringify({ floor: given.floor, origin: given.origin })}\n`;

  function attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!warned) warn(`Cannot write the given statuses "${path}": ${(error as Error).message}`);
      warned = true;
    }
  }

  /** Leaves in the file what is still remembered, and of that the last line. */
  function rewrite(): void {
    file?.close();
    file = null;
    Deno.mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${Deno.pid}.new`;
    // Read again and not written from memory: what is not in the file yet is not durable yet.
    const kept = new Map<string, string>();
    for (const entry of read(path).entries) {
      if (given.find(entry.id)) kept.set(entry.id, lineOf(entry));
    }
    Deno.writeTextFileSync(draft, headOf() + [...kept.values()].join(""), { mode: 0o600 });
    Deno.renameSync(draft, path);
    lines = kept.size;
    written = given.floor;
  }

  return {
    given,
    begin(floor, now) {
      given.begin(floor, now);
      attempt(rewrite);
    },
    save(entries) {
      if (entries.length === 0) return;
      attempt(() => {
        if (given.floor !== written || lines > given.size + SLACK) rewrite();
        if (file === null) {
          Deno.mkdirSync(dirname(path), { recursive: true });
          file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
          // The last line may lack its end, and a new file its first line.
          file.writeSync(encoder.encode(file.statSync().size === 0 ? headOf() : "\n"));
        }
        // An id with a blank or a line break in it is no id of any known server.
        const text = entries.filter(({ id }) => /^[!-~]+$/.test(id)).map(lineOf).join("");
        file.writeSync(encoder.encode(text));
        lines += entries.length;
      });
    },
    close() {
      file?.close();
      file = null;
    },
  };
}

function read(path: string): { head: Head; entries: Entry[] } {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { head: {}, entries: [] };
    throw new Failure(`Cannot read the given statuses "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
  const [first = "", ...lines] = text.split("\n");
  const entries = lines.map(parseLine).filter((entry) => entry !== null);
  return { head: parseHead(first), entries };
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
