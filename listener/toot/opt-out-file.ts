/**
 * Keeps the known opt-outs on the disk. So a restarted listener still withholds the statuses of
 * authors who have opted out, even if the statuses come from other servers. The file contains keyed
 * hashes of authors, but no names.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { replaceFileSync } from "../../common/files.ts";
import { KNOWN_OPT_OUTS } from "../limits.ts";
import { warnOnce } from "../report/warn-once.ts";
import { createOptOuts, type OptOut, type OptOuts } from "./known-opt-outs.ts";

/** Options of {@linkcode openOptOuts}. */
export interface OptOutFileOptions {
  /** True to write new opt-outs to the file. Default: true. */
  readonly write?: boolean;
  /** Called once if the file cannot be written. */
  readonly warn: (message: string) => void;
  /** Called with the key of an author when the opt-out, or the reason for it, is new. */
  readonly onNew?: (authorKey: string) => void;
  /**
   * The maximum number of authors that are remembered. The file has at most twice as many lines.
   */
  readonly most?: number;
}

/** A line has the key of the author, the author's own server, and the reason. */
const LINE = /^(\S+) (\S+) (.+)$/;

const lineOf = ({ authorKey, home, reason }: OptOut) => `${authorKey} ${home} ${reason}\n`;

/**
 * Opens the known opt-outs. Each opt-out is appended to the file as soon as it is known. The file
 * is rewritten when it has twice `most` lines. At the start, it is also rewritten if some lines are
 * not needed, such as unreadable lines or second lines about the same author.
 *
 * @throws {Failure} if the file cannot be read
 */
export function openOptOuts(
  path: string,
  { write = true, warn, onNew = () => {}, most = KNOWN_OPT_OUTS }: OptOutFileOptions,
): OptOuts {
  const known = createOptOuts(most);
  const text = read(path);
  // A last line without a line break may be incomplete, so it is ignored.
  const lines = text.split("\n").slice(0, -1);
  for (const line of lines) {
    const [, authorKey, home, reason] = LINE.exec(line) ?? [];
    if (reason !== undefined) known.note(home!, authorKey!, reason);
  }
  let written = lines.length;
  const report = warnOnce(warn);

  function attempt(work: () => void): void {
    if (!write) return;
    try {
      work();
    } catch (error) {
      report(`Cannot write the opt-outs "${path}": ${(error as Error).message}`);
    }
  }

  function replace(): void {
    replaceFileSync(path, [...known.entries()].map(lineOf).join(""), { mode: 0o600 });
    written = known.size;
  }

  if (written > known.size || !text.endsWith("\n") && text !== "") attempt(replace);
  return {
    reasonOf: known.reasonOf,
    note(home, authorKey, reason) {
      if (known.reasonOf(authorKey) === reason) return;
      known.note(home, authorKey, reason);
      attempt(() => {
        if (written >= 2 * most) return replace();
        const line = lineOf({ home, authorKey, reason });
        Deno.writeTextFileSync(path, line, { append: true, mode: 0o600 });
        written++;
      });
      onNew(authorKey);
    },
  };
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw new Failure(`Cannot read the opt-outs "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}
