/**
 * Runs the notebook in Jupyter over a small lake whose numbers are known. The Python
 * environment is created if it is missing.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { land } from "../lake/testing/toots.ts";
import { ensureEnvironment } from "../notebooks/tools/environment.ts";
import { executeNotebook } from "../notebooks/tools/execute.ts";
import { moduleOf, readNotebook, runScript, sourceOf } from "../notebooks/tools/script.ts";
import { ROOT } from "../notebooks/support/settings.ts";
import { toot, type TootSeed } from "./seeded-toot.ts";

const NOTEBOOK = join(ROOT, "notebooks", "mastodon-analysis.ipynb");
const MUST_FAIL = join(ROOT, "tests", "must-fail.ipynb");
const CONFIG = join(ROOT, "deno.json");
const CHARTS = [
  ...["app-landscape", "daily-usage", "language-density"],
  ...["language-usage", "time-of-day", "words-over-days"],
].map((name) => `${name}.svg`);

/** A text that must never appear in a report. */
const SECRET = "nobody-may-read-this";

const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour, 30);

/** Twelve toots that the notebook must count, and five records that it must not count. */
const toots: TootSeed[] = [
  ...[9, 9, 9, 10, 15].map((hour, n) => ({
    uri: `https://one.example/${n}`,
    posted_at: at(2, hour),
    app: n < 4 ? "Elk" : "Web",
    mastodon_text: "Freedom & <b>balloons</b>, number " + n,
    username: n < 3 ? "ada" : "grace",
  })),
  ...[8, 20, 20].map((hour, n) => ({
    uri: `https://two.example/${n}`,
    posted_at: at(3, hour),
    app: "Tusky",
    language: "ja",
    mastodon_text: "地震" + "あ".repeat(n),
    username: "murasaki",
  })),
  ...[1, 2].map((hour) => ({
    uri: `https://two.example/bot${hour}`,
    posted_at: at(3, hour),
    app: "Botsin",
    bot: true,
    username: "clock",
    language: "unknown",
    mastodon_text: "tick",
  })),
  {
    uri: "hmac-sha256:one",
    posted_at: at(3, 21),
    withheld: "noindex",
    ...{ url: null, username: null, author: null, origin: null, hashtags: null },
    mastodon_text: null,
    base_url: "https://two.example",
    language: "de",
    characters: 400,
  },
  // An edit that replaces the first version and mentions an earthquake.
  { uri: "https://one.example/edited", posted_at: at(3, 12), mastodon_text: SECRET },
  {
    uri: "https://one.example/edited",
    posted_at: at(3, 12),
    edited_at: at(3, 13),
    mastodon_text: "EARTHQUAKE",
  },
  // The first toot again, as another server shows it.
  { uri: "https://one.example/0", posted_at: at(2, 9), base_url: "https://two.example" },
  // Deleted by the author's own server.
  { uri: "https://one.example/gone", posted_at: at(2, 9), app: SECRET, mastodon_text: SECRET },
  // Deleted by the only server that still had it.
  {
    uri: "https://one.example/gone2",
    posted_at: at(2, 9),
    base_url: "https://two.example",
    status_id: "77",
    language: "fr",
    mastodon_text: SECRET,
  },
];
const deletions = [
  { base_url: "https://one.example", status_id: "gone", deleted_at: at(3, 1) },
  { base_url: "https://two.example", status_id: "77", deleted_at: at(3, 1) },
];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "notebook-test-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function charts(folder: string): Promise<Record<string, string>> {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  assert.deepEqual(names.sort(), CHARTS);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [
      name,
      await Deno.readTextFile(join(folder, name)),
    ])),
  );
}

/** Returns the text of a page, without tags. */
function textOf(html: string): string {
  return html.replace(/^.*<main>/s, "").replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

Deno.test("the notebook runs in Jupyter, and its numbers equal the lake's", () =>
  inFolder(async (folder) => {
    const environment = await ensureEnvironment();
    await land(join(folder, "lake"), toots.map(toot), deletions);
    const output = join(folder, "report.html");
    const env = {
      LAKE: join(folder, "lake"),
      CHARTS: join(folder, "charts"),
      WORDS: "Balloon,earthquake,地震,superbowl",
    };
    await executeNotebook(environment, { notebook: NOTEBOOK, output, env });
    const html = await Deno.readTextFile(output);
    const text = textOf(html);

    for (
      const sentence of [
        "contains 1 Parquet file of toots",
        "12 toots by 4 known authors, heard from 2 servers from 2 Nov to 3 Nov 2026.",
        "4 more records were of toots edited, deleted or heard twice.",
        "1 toot (8%) came from people who opted out",
        "Tuesday 3 November was the busiest of 2 days, with 7 of 12 toots; bots wrote 17%.",
        "2026-11-02 Mon 5 0 2 1 3 ada https://one.example",
        "2026-11-03 Tue 7 2 3 2 6 murasaki clock https://two.example",
        "Elk leads with 50% of the 8 toots that name their app, before Tusky with 38%.",
        "The busiest hour began at 20:00 UTC on Tuesday 3 November, with 2 toots",
        "English is written in 50% of 12 toots, Japanese in 25%, and 3 languages were seen in all.",
        "Of 2 languages, Japanese is the densest, with a median of 3 characters, and " +
        "English the least dense, with 35.",
        "“balloon” came up most on Monday 2 November, in 5 toots; nobody mentioned “superbowl”.",
      ]
    ) assert.ok(text.includes(sentence), `"${sentence}" is not in the report:\n${text}`);

    const saved = await charts(env.CHARTS);
    for (const [name, svg] of Object.entries(saved)) {
      const [label] = /aria-label="[^"]*"/.exec(svg)!;
      // Jupyter rewrites the page's attributes, and does not escape apostrophes.
      assert.ok(html.includes(label.replaceAll("&#39;", "'")), `${name} is in the page`);
    }
    for (const page of [html, ...Object.values(saved)]) {
      assert.ok(!page.includes(SECRET), "an edited or a deleted text is not in the report");
    }
    assert.deepEqual(html.match(/<(?:script|link|img|iframe)\b[^>]*>|@import|url\(/g), null);

    await sameWithoutJupyter(join(folder, "again"), env, saved);
  }));

/** Checks that the same cells draw the same charts if they run as a script. */
async function sameWithoutJupyter(
  folder: string,
  env: Record<string, string>,
  saved: Record<string, string>,
): Promise<void> {
  await runScript(NOTEBOOK, CONFIG, { env: { ...env, CHARTS: folder }, stdout: "null" });
  assert.deepEqual(await charts(folder), saved);
}

Deno.test("a failing notebook fails with the error of its cell", () =>
  inFolder(async (folder) => {
    const env = { REACHED: join(folder, "reached") };
    const output = join(folder, "report.html");
    const wanted = new Failure("must-fail.ipynb: this cell throws, as it must");
    await assert.rejects(
      async () => executeNotebook(await ensureEnvironment(), { notebook: MUST_FAIL, output, env }),
      wanted,
    );
    await assert.rejects(() => runScript(MUST_FAIL, CONFIG, { env, stdout: "null" }), wanted);
    const left = [];
    for await (const { name } of Deno.readDir(folder)) left.push(name);
    assert.deepEqual(left, [], "no page is written, and no later cell runs");
  }));

Deno.test("no output is lost if the kernel reports the end of a cell before its last output", () =>
  inFolder(async (folder) => {
    const notebook = join(folder, "many.ipynb");
    const output = join(folder, "many.html");
    const display = (text: string) =>
      `await Deno.jupyter.display({ "text/plain": ${text} }, { raw: true });`;
    const cells = [
      display('"first"'),
      'console.log("begun");',
      `for (let n = 0; n < 300; n++) ${display("`display ${n}`")}`,
      `for (let n = 0; n < 3; n++) console.log(\`line \${n}\`);`,
    ].map((source, n) => ({
      ...{ cell_type: "code", execution_count: null, id: `c${n}`, metadata: {}, outputs: [] },
      source,
    }));
    const metadata = { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } };
    await Deno.writeTextFile(
      notebook,
      JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }),
    );
    await executeNotebook(await ensureEnvironment(), { notebook, output });
    const shown = [...(await Deno.readTextFile(output)).matchAll(/<pre>([^<]*)<\/pre>/g)]
      .flatMap(([, text]) => text!.trim().split("\n"));
    assert.deepEqual(shown, [
      ...["first", "begun"],
      ...Array.from({ length: 300 }, (_, n) => `display ${n}`),
      ...["line 0", "line 1", "line 2"],
    ]);
  }));

Deno.test("a missing or empty lake is reported in a line that says what to do", () =>
  inFolder(async (folder) => {
    const environment = await ensureEnvironment();
    const help = `run "deno task demo" and set LAKE=data/demo/lake, or set LAKE to another lake`;
    for (
      const [lake, said] of [
        [join(folder, "nowhere"), `No lake at ${join(folder, "nowhere")}`],
        [folder, `The lake at ${folder} contains no toots yet`],
      ] as const
    ) {
      await assert.rejects(
        executeNotebook(environment, {
          notebook: NOTEBOOK,
          output: join(folder, "report.html"),
          env: { LAKE: lake },
        }),
        new Failure(`mastodon-analysis.ipynb: ${said}: ${help}`),
      );
    }
  }));

Deno.test("the cells are short, type-checked, and stored without outputs", () =>
  inFolder(async (folder) => {
    const notebook = await readNotebook(NOTEBOOK);
    for (const cell of notebook.cells.filter((cell) => cell.cell_type === "code")) {
      const lines = sourceOf(cell).split("\n");
      assert.ok(lines.length < 20 && lines.every((line) => line.length <= 100), lines.join("\n"));
      assert.deepEqual([cell.outputs, cell.execution_count], [[], null]);
    }
    const module = join(folder, "cells.ts");
    await Deno.writeTextFile(module, moduleOf(notebook, NOTEBOOK));
    const check = new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", CONFIG, module],
      stderr: "piped",
    });
    const { success, stderr } = await check.output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }));
