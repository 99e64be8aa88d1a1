// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { DOMParser } from "linkedom";
import { createViews, Failure, type Lake, openLake } from "../../lake/mod.ts";
import { NO_BROWSER, OFFLINE, openPage, startBrowser } from "../testing/browser.ts";
import type { About } from "../data/about.ts";
import { LENGTH_STEP, NOT_STATED } from "../data/columns.ts";
import type { TimeScale } from "../data/time-steps.ts";
import { type CountedToot, findLeaks, nameOf } from "../testing/differencing.ts";
import { assertPolicy } from "../testing/policy.ts";
import { fewDays, START, type TestToot, withLake } from "../testing/lake.ts";
import { writeExport } from "./export.ts";

async function withExport(
  toots: ReturnType<typeof fewDays>,
  work: (folder: string, lake: Lake) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "export-" });
  try {
    await withLake(toots, async (location) => {
      await writeExport({ location, lakeName: "test", folder });
      const lake = await openLake({ location });
      try {
        await lake.exec(
          `create view pairs as select * from read_parquet('${join(folder, "pairs.parquet")}')`,
        );
        await createViews(lake);
        await work(folder, lake);
      } finally {
        await lake.close();
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes toots of many people. Only a few of them use some of the languages and apps. */
function people(): ReturnType<typeof fewDays> {
  return Array.from({ length: 1_500 }, (_, i) => ({
    time: START + i * 7 * 60_000,
    author: `person${(i * 7919) % 120}@a.example`,
    language: i % 200 === 0 ? "eu" : i % 3 === 0 ? "de" : i % 31 === 0 ? "cy" : "en",
    app: (i * 7919) % 120 < 4 ? "Rare app" : i % 2 === 0 ? "Web" : "Tusky",
    text: "a secret text",
    hashtags: i % 400 === 0 ? ["rare"] : ["often"],
    characters: i % 500,
  }));
}

/** Adds a bot, withheld toots, and a toot from long before the time chart begins. */
function withFew(): TestToot[] {
  const few = (n: number, toot: TestToot) =>
    Array.from({ length: n }, (_, i) => ({ time: START + i * 60_000, language: "en", ...toot }));
  return [
    ...people(),
    ...few(3, { bot: true, author: "bot@a.example" }),
    ...few(2, { withheld: "noindex", author: null, text: null, url: null, app: null }),
    ...few(1, { time: START - 900 * 86_400_000, language: "de", author: "old@a.example" }),
  ];
}

const LANGUAGES: Record<string, string> = {
  en: "English",
  de: "German",
  cy: "Welsh",
  eu: "Basque",
};

/** Returns the values of toot `n` as the export names them. */
function valuesOf(toot: TestToot, n: number, { start, step }: TimeScale): CountedToot {
  const time = toot.time!, date = new Date(time);
  const { app = "Web", bot = false, characters = 40, hashtags = [] } = toot;
  return {
    author: toot.author ?? "",
    values: {
      slot: [time < start ? "" : String(Math.floor((time - start) / step))],
      week_hour: [String((date.getUTCDay() + 6) % 7 * 24 + date.getUTCHours())],
      length_bin: [String(Math.floor(characters / LENGTH_STEP))],
      language: [LANGUAGES[toot.language!]!],
      app: [app ?? NOT_STATED],
      account: [bot ? "Bots" : "People"],
      reply: [n % 3 === 0 ? "Replies" : "Own posts"],
      withheld: [String(typeof toot.withheld === "string")],
      hashtag: hashtags,
    },
  };
}

Deno.test("all published numbers together reveal no group of fewer than five authors", () =>
  withExport(withFew(), async (folder, lake) => {
    const { contents, counts }: About = JSON.parse(
      await Deno.readTextFile(join(folder, "about.json")),
    );
    const toots = withFew().map((toot, n) => valuesOf(toot, n, contents.time));
    const published = new Set<string>();
    const dimensions = ["all", ...Object.keys(toots[0]!.values)];
    /** Checks a published number. */
    const check = (a: string, value: string, b: string, other: string, n: number) => {
      const [at, bt] = [dimensions.indexOf(a), dimensions.indexOf(b)];
      if (at < 0 || bt < at) return;
      const has = (toot: CountedToot, name: string, value: string) =>
        name === "all" || toot.values[name]!.includes(value);
      const group = toots.filter((toot) => has(toot, a, value) && has(toot, b, other));
      const text = `${a} ${value}, ${b} ${other}`;
      assert.equal(n, group.length, text);
      const authors = new Set(group.map(({ author }) => author)).size;
      assert.ok(authors === 0 || authors >= 5, `${text}: ${authors} authors`);
      published.add(nameOf(a, value, b, other));
    };
    const rows = await lake.query<
      { a: string; value: string; b: string; other: string; n: bigint }
    >(
      "from pairs",
    );
    for (const { a, value, b, other, n } of rows) check(a, value, b, other, Number(n));
    for (const [name, list] of Object.entries(counts)) {
      for (const [value, n] of list) check("all", "all", name, String(value), n);
    }
    check("all", "all", "all", "all", contents.toots);
    if (contents.bots !== null) check("all", "all", "account", "Bots", contents.bots);
    if (contents.withheld !== null) check("all", "all", "withheld", "true", contents.withheld);
    assert.ok(published.size > 1_000);
    assert.deepEqual(findLeaks(toots, published), []);
  }));

Deno.test("exported files contain no text, no author and no hidden value", () =>
  withExport(people(), async (folder) => {
    for (const name of ["about.json", "pairs.parquet", "index.html", "page.js"]) {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(join(folder, name)));
      for (const secret of ["a secret text", "person7@a.example", "Rare app"]) {
        assert.ok(!text.includes(secret), `${name} holds '${secret}'`);
      }
    }
  }));

Deno.test("an exported page forbids inline scripts and other hosts before it loads anything", () =>
  withExport(people(), async (folder) => {
    const html = await Deno.readTextFile(join(folder, "index.html"));
    const document = new DOMParser().parseFromString(html, "text/html");
    const [, policy] = document.head.children;
    assert.equal(policy!.getAttribute("http-equiv"), "Content-Security-Policy");
    assertPolicy(policy!.getAttribute("content"), {
      "default-src": "'none'",
      // DuckDB is WebAssembly, and runs in a worker.
      "script-src": "'self' 'wasm-unsafe-eval'",
      "worker-src": "'self'",
      "style-src": "'self'",
      "img-src": "'self' data:",
      "connect-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
    });
    for (const script of document.querySelectorAll("script")) assert.equal(script.textContent, "");
  }));

Deno.test("a lake with few authors is not exported, and a folder with other files is not overwritten", () =>
  withLake([{}, {}, {}], async (location) => {
    const folder = await Deno.makeTempDir();
    await assert.rejects(
      writeExport({ location, lakeName: "test", folder: join(folder, "new") }),
      new Failure("an export needs at least 5 authors; this lake has 3"),
    );
    await Deno.writeTextFile(join(folder, "mine.txt"), "");
    await assert.rejects(
      writeExport({ location, lakeName: "test", folder }),
      /contains other files/,
    );
    await Deno.remove(folder, { recursive: true });
  }));

/** Starts a plain file server, like any static host. */
function serveFolder(folder: string) {
  const types: Record<string, string> = {
    html: "text/html",
    css: "text/css",
    js: "text/javascript",
    svg: "image/svg+xml",
    json: "application/json",
    wasm: "application/wasm",
  };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = resolve(folder, `.${pathname === "/" ? "/index.html" : pathname}`);
    const bytes = await Deno.readFile(path).catch(() => null);
    if (!bytes) return new Response(null, { status: 404 });
    const type = types[path.split(".").at(-1)!] ?? "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  });
}

if (NO_BROWSER) console.log(NO_BROWSER);

Deno.test("the exported page works in a browser that can reach only its file server", {
  ignore: NO_BROWSER !== null,
  sanitizeOps: false,
  sanitizeResources: false,
}, () =>
  withExport(people(), async (folder, lake) => {
    const server = serveFolder(folder);
    const browser = await startBrowser(OFFLINE);
    try {
      const errors: string[] = [];
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const elsewhere: string[] = [];
      const page = await openPage(browser, url, errors, {}, async (page) => {
        await page.route(
          (to) => to.origin !== new URL(url).origin && to.protocol !== "blob:",
          (route) => {
            elsewhere.push(route.request().url());
            return route.abort();
          },
        );
        // First check that the test itself blocks requests to another host or port.
        await page.goto(url);
        for (const other of ["http://example.com/", "http://127.0.0.1:9/"]) {
          const got = await page.evaluate(
            `fetch("${other}", { mode: "no-cors" }).then(() => "an answer", () => "nothing")`,
          );
          assert.equal(got, "nothing");
        }
        // The page's policy refuses these requests too. Its errors are expected.
        errors.length = 0;
        elsewhere.length = 0;
      });
      const shown = async (selector: string, sql: string) => {
        const [row] = await lake.query<{ n: bigint }>(sql);
        const read = `document.querySelector(${JSON.stringify(selector)})?.firstChild?.textContent`;
        const wanted = Number(row!.n).toLocaleString("en");
        for (let n = 0; n < 100 && await page.evaluate(read) !== wanted; n++) {
          await page.waitForTimeout(50);
        }
        assert.equal(await page.evaluate(read), wanted, selector);
      };
      await shown("#n-toots", "select count(*) as n from mastodon_toot");
      await page.click('#app [data-value="Tusky"]');
      await shown("#n-toots", "select count(*) as n from mastodon_toot where app = 'Tusky'");
      await shown(
        '#language [data-value="German"] .count',
        "select count(*) as n from mastodon_toot where app = 'Tusky' and language = 'de'",
      );
      await page.click('#language [data-value="German"]');
      await shown("#n-toots", "select count(*) as n from mastodon_toot where language = 'de'");
      await page.waitForURL(({ search }) => search === "?language=German"); // one filter at a time
      assert.deepEqual(elsewhere, []);
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
      await server.shutdown();
    }
  }));
