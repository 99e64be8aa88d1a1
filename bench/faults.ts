/**
 * `deno task bench:faults` checks that the view shows every published toot once and in its newest
 * form, despite faults of the servers and the network. It runs a simulator with faults, a listener
 * and a lake. Then it compares the view with the truth of the simulator.
 *
 * Usage: `deno task bench:faults [--part table|hostile|coverage] [--only NAME] [--toots 5000]
 * …`
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { isRight } from "./faults/compare.ts";
import { playTrouble, TROUBLE_HEAD, troubleCells, TROUBLES } from "./faults/coverage.ts";
import { HOSTILE_HEAD, hostileCells, isHarmless, MODES, playHostile } from "./faults/hostile.ts";
import { play, variantsOf } from "./faults/scene.ts";
import { SCENES } from "./faults/scenes.ts";
import { cellsOf, SCENE_HEAD, table } from "./faults/table.ts";
import { inParallel } from "./faults/wait.ts";
import { machine } from "./process.ts";
import { benchOptions, choicesFlag, wholeFlag } from "./options.ts";

const values = benchOptions({
  options: {
    part: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    transport: { type: "string" },
    timeline: { type: "string" },
    toots: { type: "string", default: "5000" },
    rate: { type: "string", default: "20" },
    edits: { type: "string", default: "0.1" },
    deletes: { type: "string", default: "0.1" },
    settle: { type: "string", default: "600" },
    "at-once": { type: "string", default: "6" },
    "hostile-seconds": { type: "string", default: "600" },
    keep: { type: "string" },
  },
});
const PARTS = ["table", "hostile", "coverage"] as const;
const parts = choicesFlag("part", values.part ?? PARTS, PARTS);
const only = values.only ?? [];
const atOnce = wholeFlag("at-once", values["at-once"], 1);
const size = {
  toots: wholeFlag("toots", values.toots, 1),
  rate: Number(values.rate),
  edits: Number(values.edits),
  deletes: Number(values.deletes),
  settle: wholeFlag("settle", values.settle),
};
if (values.keep) await Deno.mkdir(values.keep, { recursive: true });
const chosen = <T extends { name: string }>(all: readonly T[]) =>
  only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
let failed = 0;

if (parts.includes("table")) {
  const variants = chosen(SCENES).flatMap(variantsOf).filter((each) =>
    (values.transport ?? each.transport) === each.transport &&
    (values.timeline ?? each.timeline) === each.timeline
  );
  console.error(`${variants.length} runs of ${size.toots} toots, ${atOnce} at once; ${machine()}`);
  const results = await inParallel(variants, atOnce, async (variant) => {
    const result = await play(variant, size, values.keep);
    console.error(cellsOf(result).join("  "));
    return result;
  });
  failed += results.filter((result) => !isRight(result) || result.exitCode !== 0).length;
  console.log(`\n${table(SCENE_HEAD, results.map(cellsOf))}`);
}
if (parts.includes("hostile")) {
  const time = Number(values["hostile-seconds"]);
  const modes = chosen(MODES);
  console.error(`${modes.length} hostile servers, ${time} s each; ${machine()}`);
  const results = await inParallel(modes, Math.min(atOnce, 3), async (mode) => {
    const result = await playHostile(mode, time, values.keep);
    console.error(hostileCells(result).join("  "));
    return result;
  });
  failed += results.filter((result) => !isHarmless(result)).length;
  console.log(`\n${table(HOSTILE_HEAD, results.map(hostileCells))}`);
}
if (parts.includes("coverage")) {
  const troubles = chosen(TROUBLES);
  console.error(`${troubles.length} listeners in trouble, nine minutes; ${machine()}`);
  const results = await inParallel(troubles, troubles.length, async (trouble) => {
    const result = await playTrouble(trouble, values.keep);
    console.error(troubleCells(result).join("  "));
    return result;
  });
  failed += results.filter(({ right }) => !right).length;
  console.log(`\n${table(TROUBLE_HEAD, results.map(troubleCells))}`);
}
console.log(`\n${machine()}; ${new Date().toISOString().slice(0, 10)}.`);
Deno.exit(failed === 0 ? 0 : 1);
