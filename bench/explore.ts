// deno-lint-ignore-file no-console
/**
 * `deno task bench:explore`: measures how fast the explorer is in a real browser, over one million
 * and ten million toots. It prints the tables of `bench/README.md`. `--folder` names the folder of
 * the lakes, which are made if they are missing; `--toots` and `--part` may be repeated.
 *
 * @module
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openSnapshots } from "../explorer/data/snapshot.ts";
import { writeExport } from "../explorer/export/export.ts";
import { assets } from "../explorer/server/assets.ts";
import { openGuard } from "../explorer/server/guard.ts";
import { startServer } from "../explorer/server/serve.ts";
import { startBrowser } from "../explorer/testing/browser.ts";
import { brushed } from "./explorer/brush.ts";
import { serveFolder } from "./explorer/folder.ts";
import { makeLake } from "./explorer/lake.ts";
import { followed, linked } from "./explorer/live.ts";
import { started } from "./explorer/start.ts";
import { benchOptions, choicesFlag, wholeFlag } from "./options.ts";

/** The browser, the lake and the folders that a part of the benchmark uses. */
interface Bench {
  readonly browser: Browser;
  readonly location: string;
  readonly toots: number;
  /** A folder for files. It is removed when the part ends. */
  readonly scratch: string;
  /**
   * A folder for the explorer's tables. It stays, so that a later run need not read the lake again.
   */
  readonly cache: string;
}

const ms = (n: number) => Math.round(n).toLocaleString("en");
const cells = (...texts: (string | number)[]) => console.log(`| ${texts.join(" | ")} |`);

/** Runs an explorer server over a lake while `work` runs. */
async function withServer(
  { location, cache }: Pick<Bench, "location" | "cache">,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const snapshots = await openSnapshots({ location, cache });
  const server = startServer({
    hostname: "127.0.0.1",
    port: 0,
    guard: openGuard({ token: null }),
    snapshots: Promise.resolve(snapshots),
    assets: assets(cache),
    lakeName: "bench",
    location,
    texts: true,
    warn: console.error,
  });
  try {
    // This waits until the page's script is bundled.
    await fetch(`${server.url}/page.js`).then((response) => response.text());
    await work(server.url);
  } finally {
    await server.close();
    await snapshots.close();
    const { rss } = Deno.memoryUsage();
    console.error(`memory of the server: ${ms(rss / 2 ** 20)} MiB`);
  }
}

const PARTS: Record<string, (bench: Bench) => Promise<void>> = {
  async start({ browser, location, toots, scratch }) {
    const cache = join(scratch, "cache");
    for (const which of ["the first start", "the next start"]) {
      const { page, charts } = await started(browser, location, cache);
      cells(ms(toots), which, `page answers ${ms(page)} ms`, `first charts ${ms(charts)} ms`);
    }
  },
  async page({ browser, toots, ...places }) {
    await withServer(places, async (url) => {
      for (const how of ["pre-aggregated", "not pre-aggregated"]) {
        const query = how === "pre-aggregated" ? "" : "/?preaggregate=off";
        const { first, p50, p95, draws } = await brushed(browser, `${url}${query}`);
        cells(ms(toots), how, ms(first), ms(p50), ms(p95), draws.toFixed(1));
      }
    });
  },
  async export({ browser, location, toots, scratch }) {
    const folder = join(scratch, "export");
    await writeExport({ location, lakeName: "bench", folder });
    const files = serveFolder(folder);
    try {
      const { first, p50, p95, draws } = await brushed(browser, files.url);
      cells(ms(toots), "static export", ms(first), ms(p50), ms(p95), draws.toFixed(1));
    } finally {
      await files.close();
    }
  },
  async live({ browser, location, toots, scratch }) {
    const own = await linked(location, join(scratch, "lake"));
    await withServer({ location: own, cache: join(scratch, "cache") }, async (url) => {
      for (const [what, times] of Object.entries(await followed(browser, url, own))) {
        const sorted = times.toSorted((a, b) => a - b);
        const median = sorted[Math.floor(sorted.length / 2)]!;
        cells(
          ms(toots),
          `a ${what}`,
          `median ${ms(median)} ms`,
          `slowest ${ms(sorted.at(-1)!)} ms`,
        );
      }
    });
  },
};

async function main(): Promise<void> {
  const { folder, ...given } = benchOptions({
    options: {
      folder: { type: "string", default: "data/bench/explore" },
      toots: { type: "string", multiple: true, default: ["1000000", "10000000"] },
      part: { type: "string", multiple: true, default: Object.keys(PARTS) },
    },
  });
  const sizes = given.toots.map((text) => wholeFlag("toots", text, 1));
  const parts = choicesFlag("part", given.part, Object.keys(PARTS));
  const browser = await startBrowser();
  try {
    for (const toots of sizes) {
      const location = join(folder, String(toots));
      await makeLake(location, toots);
      for (const part of parts) {
        const scratch = await Deno.makeTempDir({ prefix: "bench-", dir: folder });
        const cache = join(folder, "cache");
        console.error(`${part}, ${ms(toots)} toots`);
        try {
          await PARTS[part]!({ browser, location, toots, scratch, cache });
        } finally {
          await Deno.remove(scratch, { recursive: true });
        }
      }
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.main) await main();
