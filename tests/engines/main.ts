// deno-lint-ignore-file no-console
/**
 * `deno task engines`: prints a table of engines and questions over one compacted lake. The exit
 * code is 1 if two answers differ.
 *
 * @module
 */
import { processEnv } from "../../common/env.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { type Answer, askEngine, askView, ENGINES, findEngines } from "./engines.ts";
import { engineLake } from "./lake.ts";

/**
 * Formats one line of the table. If an answer equals the answer of the view `mastodon_toot`, the
 * line shows `=` and the number of rows.
 */
function line(answer: Answer, expected: Answer): { text: string; same: boolean } {
  const cells = Object.entries(expected.answers).map(([name, rows]) => {
    const same = JSON.stringify(answer.answers[name]) === JSON.stringify(rows);
    return { text: `${same ? "=" : "differs"} ${rows.length}`.padEnd(11), same };
  });
  return {
    text: cells.map(({ text }) => text).join("") + answer.version,
    same: cells.every(({ same }) => same),
  };
}

const home = await findEngines(processEnv);
if (home === null) {
  console.error("the engines are not installed; `.ci/engines` installs them (about 1 GB)");
  Deno.exit(1);
}
const location = await Deno.makeTempDir({ prefix: "engines-lake-" });
let same = true;
try {
  await engineLake(location, processEnv);
  const expected = await askView("native", location, processEnv);
  const toots = expected.answers["languages"]!.reduce((sum, row) => sum + Number(row[1]), 0);
  console.log(`${toots} toots; "= 5" means: the same 5 rows as our view`);
  console.log(Object.keys(expected.answers).map((name) => name.padEnd(11)).join("") + "engine");
  const table = `${location}/compacted/${TOOT_TOPIC}`;
  const asked = [
    () => Promise.resolve(expected),
    () => askView("wasm", location, processEnv),
    ...ENGINES.map(({ name }) => () => askEngine(home, name, table)),
  ];
  for (const ask of asked) {
    const { text, same: alike } = line(await ask(), expected);
    console.log(text);
    same &&= alike;
  }
} finally {
  await Deno.remove(location, { recursive: true });
}
if (!same) Deno.exit(1);
