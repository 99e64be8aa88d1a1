import assert from "node:assert/strict";
import { createGivenStatuses, type GivenStatuses } from "../../given-statuses.ts";
import { snowflake } from "../../testing/timeline.ts";
import { judge } from "./judge.ts";
import type { Stretch } from "./stretch.ts";
import type { Sweep, SweepEnd } from "../sweep.ts";
import type { Task } from "./task.ts";

const NOON = Date.UTC(2026, 1, 1, 12);
const at = (second: number) => NOON + second * 1_000;
const stretch = (from: number, until: number): Stretch => ({ from: at(from), until: at(until) });

/** Makes a memory of statuses that were posted in these seconds. */
function memory(...seconds: number[]): GivenStatuses {
  const given = createGivenStatuses();
  for (const second of seconds) given.give(snowflake(at(second)), at(second), 0);
  return given;
}

/** Returns the numbers from `from` to below `until`, in steps. */
const every = (step: number, from: number, until: number) =>
  Array.from({ length: Math.ceil((until - from) / step) }, (_, i) => from + i * step);

interface Read {
  readonly over?: SweepEnd | null;
  /** The second of the earliest status that the sweep saw. */
  readonly earliest?: number;
  /** The seconds of new statuses. */
  readonly fresh?: readonly number[];
}

const missed = (seconds: readonly number[]) =>
  new Map(seconds.map((second) => [at(second) / 1_000, 1]));

function sweepOf({ over = "reached", earliest = -100, fresh = [] }: Read): Sweep {
  return {
    ...{ number: 1, since: at(-1_000), order: Infinity, started: null, pages: 1, shown: null },
    gap: null,
    ...{ over, earliest: at(earliest), lowest: snowflake(at(earliest)), highest: null },
    fresh: missed(fresh),
    async *page() {},
  };
}

/** Returns the outcomes of a span from 0 to 120 s, such as `covered 0-60`. */
function outcomes(
  read: Read,
  task: Partial<Task>,
  given = memory(),
  longestPause = 10_000,
): string {
  const parts = judge({
    ...{ sweep: sweepOf(read), from: at(0), until: at(120), heard: [], heardBy: "stream" },
    ...{ count: 0, absence: null },
    ...task,
  }, { given, longestPause });
  return parts.map(({ outcome, from, until }) =>
    `${outcome} ${(from - NOON) / 1_000}-${(until - NOON) / 1_000}`
  ).join(", ");
}

const absence = { cause: "closed 1006", from: at(40) };

Deno.test("a poll in time covers, a late one fills", () => {
  assert.equal(outcomes({ fresh: [3, 90] }, {}), "covered 0-120");
  assert.equal(outcomes({ fresh: [3, 90] }, { absence }), "filled 0-120");
});

Deno.test("what the stream delivered before and after an absence is covered", () => {
  const heard = [stretch(0, 40), stretch(80, 120)];
  assert.equal(
    outcomes({ fresh: [41, 79] }, { absence, heard }),
    "covered 0-40, filled 40-80, covered 80-120",
  );
});

Deno.test("a stream that skips statuses counts as covered only until the first skipped one", () => {
  const task = { heard: [stretch(0, 120)], confirmed: true };
  const given = memory(...every(1, -50, 65));
  assert.equal(
    outcomes({}, { ...task, fresh: missed(every(1, 65, 120)) }, given),
    "covered 0-65, filled 65-120",
  );
  const again = memory(...every(1, -50, 65), ...every(1, 90, 120));
  assert.equal(
    outcomes({}, { ...task, fresh: missed(every(1, 65, 90)) }, again),
    "covered 0-65, filled 65-90, covered 90-120",
    "until the first that it brought again",
  );
  assert.equal(outcomes({}, { ...task, fresh: missed([-300]) }), "filled 0-120", "a late one");
});

Deno.test("a status from a moment ago may still arrive through the stream", () => {
  const heard = [stretch(60, 120)];
  const given = memory(...every(1, 60, 116));
  assert.equal(
    outcomes({ fresh: [20, 117] }, { absence, heard }, given),
    "filled 0-60, covered 60-120",
  );
  assert.equal(
    outcomes({ fresh: [20, 100] }, { absence, heard }, given),
    "filled 0-60, covered 60-100, filled 100-101, covered 101-120",
  );
});

Deno.test("the last run covered until the first status that it does not know", () => {
  const task = { absence: { cause: "start", from: at(0) }, heard: [stretch(0, 50)] };
  assert.equal(outcomes({ fresh: [50, 51] }, task), "covered 0-50, filled 50-120");
  assert.equal(outcomes({ fresh: [30, 51] }, task), "covered 0-30, filled 30-120");
});

Deno.test("what the timeline no longer shows is lost, unless the stream delivered it", () => {
  const truncated = { over: "end", earliest: 110 } as const;
  const heard = [stretch(0, 40), stretch(80, 120)];
  const given = memory(...every(1, -50, 40), ...every(1, 80, 120));
  assert.equal(
    outcomes(truncated, { absence, heard }, given),
    "covered 0-40, lost 40-80, covered 80-120",
  );
  assert.equal(
    outcomes(truncated, { absence }, memory(-5)),
    "lost 0-110, filled 110-120",
    "nobody listened",
  );
  assert.equal(outcomes({ over: "end", earliest: 60 }, {}), "covered 0-120", "a new timeline");
});

Deno.test("a timeline too fast to be swept is covered by the stream while it brings statuses", () => {
  const fast = { over: null, earliest: 90 } as const;
  const task = { heard: [stretch(0, 120)], givenUp: true };
  assert.equal(outcomes(fast, task, memory(...every(0.025, 0, 120))), "covered 0-120");
  const deaf = memory(...every(0.025, 0, 30), ...every(0.025, 70, 120));
  const [before, lost, after] = outcomes(fast, task, deaf).split(", ");
  assert.match(before!, /^covered 0-29\.9/);
  assert.match(lost!, /^lost 29\.9\d+-70$/);
  assert.equal(after, "covered 70-120");
  assert.equal(outcomes(fast, { givenUp: true }), "lost 0-90, covered 90-120", "without one");
});

Deno.test("a loss of less than a second is the pause between two statuses", () => {
  assert.equal(
    outcomes({ over: "end", earliest: 0.5 }, {}, memory(-5)),
    "covered 0-0.5, covered 0.5-120",
  );
});
