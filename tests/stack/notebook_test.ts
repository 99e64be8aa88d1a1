/**
 * Tests the distributed setup from end to end: three servers, a listener for each, Kafka, the
 * lake's sink, the object store, and the notebook over `s3://`. The listeners also write a lake in
 * a folder. The notebook must draw the same charts from both lakes, and the charts must match the
 * servers' posts.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createViews, openLake } from "../../lake/mod.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { ensureEnvironment } from "../../notebooks/tools/environment.ts";
import { executeNotebook } from "../../notebooks/tools/execute.ts";
import { runScript } from "../../notebooks/tools/script.ts";
import { ROOT } from "../../notebooks/support/settings.ts";
import {
  appLandscape,
  dailyUsage,
  languageUsage,
  timeOfDay,
  wordsOverDays,
} from "../../notebooks/support/mod.ts";
import { startFederation, type Truth } from "../../simulator/mod.ts";
import { until } from "./pipeline.ts";
import { type Program, startProgram } from "./program.ts";
import { fresh, setting, type Stack, stackTest } from "./stack.ts";

const NOTEBOOK = join(ROOT, "notebooks", "mastodon-analysis.ipynb");
const CONFIG = join(ROOT, "deno.json");
/** Words of the Universal Declaration, and one that it does not contain. */
const WORDS = ["right", "freedom", "droit", "balloon"];
const HOUR = 3_600_000;
/** A text that sorts after every name, like NULL in DuckDB. */
const NOT_STATED = "\uffff";

/** Counts posts by key. The largest count comes first, and equal counts are sorted by name. */
function counted<T>(posts: readonly T[], key: (post: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const post of posts) counts.set(key(post), (counts.get(key(post)) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

const dayOf = (posted: number) => new Date(posted - posted % (24 * HOUR));
const perDay = (posts: readonly Truth[]) => {
  const days = Map.groupBy(posts, ({ posted }) => dayOf(posted).getTime());
  return [...days].sort(([a], [b]) => a - b).map(([day, posts]) => ({ day: new Date(day), posts }));
};

/** Computes the charts that the notebook must draw from the servers' posts. */
function chartsOf(truth: readonly Truth[], names: ReadonlyMap<string, string>) {
  const days = perDay(truth).map(({ day, posts }) => ({
    day,
    toots: posts.length,
    bot_toots: posts.filter(({ bot }) => bot).length,
    users: new Set(posts.map(({ acct }) => acct)).size,
    instances: new Set(posts.map(({ acct }) => acct.split("@")[1])).size,
    hours: new Set(posts.map(({ posted }) => Math.floor(posted / HOUR))).size,
  }));
  const apps = counted(truth.filter(({ app, bot }) => app && !bot), ({ app }) => app!)
    .map(([app, toots]) => ({ app, toots }));
  const hours = perDay(truth).flatMap(({ day, posts }) => {
    const hours = Map.groupBy(posts, ({ posted }) => new Date(posted).getUTCHours());
    return [...hours].sort(([a], [b]) => a - b)
      .map(([hour, posts]) => ({ day, hour, toots: posts.length }));
  });
  const languages = counted(
    truth,
    ({ language }) => language === null ? NOT_STATED : names.get(language) ?? language,
  ).map(([language, toots]) => ({ language: language === NOT_STATED ? null : language, toots }));
  const mentions = perDay(truth).flatMap(({ day, posts }) =>
    WORDS.toSorted().map((word) => ({
      day,
      word,
      toots: posts.filter(({ text }) => text!.toLowerCase().includes(word)).length,
    })).filter(({ toots }) => toots > 0)
  );
  return [
    dailyUsage(days),
    appLandscape(apps, 10),
    timeOfDay(hours),
    languageUsage(languages, 20),
    wordsOverDays(mentions, WORDS, days),
  ];
}

/** Returns the `uri`s of the view, and the names of languages. */
async function viewOf(stack: Stack, location: string, topic: string) {
  const env = setting(stack);
  const lake = await openLake({ location, env });
  try {
    await createViews(lake, { topic });
    const uris = (await lake.query<{ uri: string }>("select uri from mastodon_toot"))
      .map(({ uri }) => uri);
    const names = await lake.query<{ lang_iso: string; language_name: string }>(
      "select * from language",
    );
    return { uris, names: new Map(names.map((row) => [row.lang_iso, row.language_name])) };
  } finally {
    await lake.close();
  }
}

/** Renames the files of the test's topics to those of the default topics. */
async function renameTopics(stack: Stack, location: string, name: string): Promise<void> {
  const store = openStore(location, setting(stack));
  const files = await store.list("topics/");
  for (const { path } of files) {
    const file = await store.local(path);
    const copy = await store.scratch("copy");
    await Deno.copyFile(file.path, copy);
    await file.done();
    const rows = await store.rowCount(path) ?? 0;
    await store.publish(copy, path.replaceAll(`${name}-`, "mastodon-"), rows);
  }
  await store.remove(files.map(({ path }) => path));
}

/** Returns the text of a page, without tags. */
function textOf(html: string): string {
  return html.replace(/<style>.*?<\/style>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

stackTest("the notebook over s3:// shows what the servers published", async (stack) => {
  const name = fresh("notebook");
  const topic = `${name}-topic`;
  const bucketLake = `s3://${stack.bucket}/${topic}`;
  const folder = await Deno.makeTempDir({ prefix: "notebook-" });
  const folderLake = join(folder, "lake");
  const environment = await ensureEnvironment();
  const federation = await startFederation({
    servers: 3,
    history: 24 * HOUR,
    perDay: 1_500,
    outside: 0,
    edits: 0.1,
    deletes: 0.1,
    rateLimit: Infinity,
  });
  const programs: Program[] = [];
  const kafka = [
    ...["--brokers", stack.brokers.join(","), "--registry", stack.registry, "--topic", topic],
  ];
  try {
    const listeners = federation.servers.map(({ baseURL, token, domain }) =>
      startProgram([
        ...["listener/main.ts", "--baseURL", baseURL, "--token", token, "--enableKafka", ...kafka],
        // The listener has two sinks at once, and its checkpoint waits for both.
        ...["--lake", folderLake, "--data", join(folder, domain)],
        ...["--consent", "none", "--since", "all", "--quiet"],
      ], stack.env)
    );
    programs.push(...listeners);
    const sink = startProgram(
      ["lake/main.ts", "sink", ...kafka, "--lake", bucketLake, "--age", "2"],
      stack.env,
    );
    programs.push(sink);
    const said = () => programs.map((program) => program.said()).join("\n--\n");
    const followed = () =>
      Promise.resolve(federation.servers.every((server) => server.counts().subscriptions > 0));
    await until("every server is followed", followed, 60).catch((error: Error) => {
      throw new Error(`${error.message}\n${said()}`);
    });
    await federation.run({ rate: 100, count: 600 });
    await federation.drained();
    const truth = federation.truth();
    const wanted = truth.map(({ uri }) => uri).sort();
    let seen: string[] = [];
    await until("what was published, and no more, is in the view over s3://", async () => {
      const files = await openStore(bucketLake, setting(stack)).list(`topics/${topic}/`);
      if (files.length === 0) return false;
      seen = (await viewOf(stack, bucketLake, topic)).uris.sort();
      return seen.length === wanted.length && seen.every((uri, i) => uri === wanted[i]);
    }, 180).catch((error: Error) => {
      throw new Error(`${error.message}: ${seen.length} of ${wanted.length}\n${said()}`);
    });
    await Promise.all(programs.map((program) => program.stop()));
    assert.ok(federation.deleted().length > 20 && truth.some(({ editedAt }) => editedAt !== null));
    const local = await viewOf(stack, folderLake, topic);
    assert.deepEqual(local.uris.sort(), wanted, "the folder's view shows the same toots");

    // The notebook reads the default topics.
    await renameTopics(stack, bucketLake, name);
    await renameTopics(stack, folderLake, name);
    const shared = { ...stack.env, WORDS: WORDS.join(",") };
    const output = join(folder, "report.html");
    const charts = { s3: join(folder, "charts-s3"), folder: join(folder, "charts-folder") };
    await executeNotebook(environment, {
      notebook: NOTEBOOK,
      output,
      env: { ...shared, LAKE: bucketLake, CHARTS: charts.s3 },
    });
    await runScript(NOTEBOOK, CONFIG, {
      env: { ...shared, LAKE: folderLake, CHARTS: charts.folder },
      stdout: "null",
    });

    const read = (folder: string, name: string) => Deno.readTextFile(join(folder, `${name}.svg`));
    const html = textOf(await Deno.readTextFile(output));
    assert.ok(html.includes(`${truth.length.toLocaleString("en")} toots by`), html);
    assert.ok(html.includes("heard from 3 servers"), html);
    for (const { name, finding, svg } of chartsOf(truth, local.names)) {
      assert.ok(html.includes(finding), `"${finding}" is not in the report:\n${html}`);
      assert.equal(await read(charts.s3, name), `${svg}\n`, `${name} is what the servers know`);
    }
    for await (const { name } of Deno.readDir(charts.s3)) {
      const chart = name.replace(".svg", "");
      assert.equal(await read(charts.s3, chart), await read(charts.folder, chart), chart);
    }
  } finally {
    await Promise.all(programs.map((program) => program.kill()));
    await federation.close();
    const store = openStore(bucketLake, setting(stack));
    await store.remove((await store.list("")).map(({ path }) => path));
    await Deno.remove(folder, { recursive: true });
  }
});
