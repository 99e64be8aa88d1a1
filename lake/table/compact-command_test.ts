import assert from "node:assert/strict";
import { CommanderError } from "@commander-js/extra-typings";
import { describeUsageError } from "../../common/command-line.ts";
import { compactCommand, type CompactCommandOptions } from "./compact-command.ts";

/** Returns what the command reads from a command line. */
function read(...args: string[]): CompactCommandOptions {
  let options: CompactCommandOptions | null = null;
  compactCommand((read) => options = read, () => undefined)
    .exitOverride().configureOutput({ writeErr: () => {} })
    .parse(args, { from: "user" });
  return options!;
}

/** Returns the message for a command line that is refused. */
function refused(...args: string[]): string {
  try {
    read(...args);
  } catch (error) {
    assert.ok(error instanceof CommanderError);
    return describeUsageError(error).message;
  }
  assert.fail(`${args} was accepted`);
}

Deno.test("without flags, compaction runs once, up to today, with 1 GB", () => {
  const { every, before, retain, memory, dryRun } = read();
  assert.deepEqual({ every, before, retain, memory, dryRun }, {
    ...{ every: null, before: undefined, retain: null, memory: "1GB", dryRun: false },
  });
});

Deno.test("--every takes seconds, minutes, hours or days, up to a week", () => {
  const given = ["1s", "30m", "1h", "7d", "168h"];
  assert.deepEqual(
    given.map((text) => read("--every", text).every),
    [1_000, 1_800_000, 3_600_000, 604_800_000, 604_800_000],
  );
  for (const text of ["", "0s", "8d", "169h", "1", "h", "1.5h", "-1h", "1 h", "1H", "1hour"]) {
    assert.equal(
      refused("--every", text),
      `--every: expected a time from 1s to 7d, such as 30m, 1h or 1d, got '${text}'`,
    );
  }
});

Deno.test("--before takes a date of the calendar, or now", () => {
  for (const text of ["2026-11-23", "2024-02-29", "now"]) {
    assert.equal(read("--before", text).before, text);
  }
  for (const text of ["2026-02-29", "2026-13-01", "2026-1-1", "today", "2026-11-23T00:00", ""]) {
    assert.equal(
      refused("--before", text),
      `--before: expected a date such as 2026-11-23, or now, got '${text}'`,
    );
  }
});

Deno.test("--memory takes a size with its unit", () => {
  for (const text of ["500MB", "2GB", "1.5GiB", "800 mb"]) {
    assert.equal(read("--memory", text).memory, text);
  }
  for (const text of ["2", "GB", "2TB", "-2GB", "80%", "2GB; set x = 1"]) {
    assert.equal(
      refused("--memory", text),
      `--memory: expected a size such as 500MB or 2GB, got '${text}'`,
    );
  }
});
