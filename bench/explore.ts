// deno-lint-ignore-file no-console
/**
 * `deno task bench:explore`: how fast the explorer is, in a real browser, over one and
 * ten million toots. Prints the section of `bench/README.md`.
 *
 * @module
 */
import { join } from "node:path";
import { openSnapshots } from "../explorer/data/snapshot.ts";
import { writeExport } from "../explorer/export/export.ts";
import { assets } from "../explorer/server/assets.ts";
import { openGuard } from "../explorer/server/guard.ts";
import { startServer } from "../explorer/server/serve.ts";
import { startBrowser } from "../explorer/testing/browser.ts";
import { brushed, type Brushing } from "./explorer/brush.ts";
import { serveFolder } from "./explorer/folder.ts";
import { makeLake } from "./explorer/lake.ts";

/** One line of the table. */
interface Line extends Brushing {
  readonly toots: number;
  readonly how: string;
  /** Milliseconds in which the server read the lake. */
  readonly load: number | null;
}

async function measure(location: string, toots: number, scratch: string): Promise<Line[]> {
  const lines: Line[] = [];
  const began = performance.now();
  const snapshots = await openSnapshots({ location, limits: { memory: "8GB" } });
  const load = performance.now() - began;
  const server = startServer({
    hostname: "127.0.0.1",
    port: 0,
    guard: openGuard({ token: null }),
    snapshots,
    assets: assets(),
    lakeName: "bench",
    location,
    texts: true,
    every: 3_600_000,
    warn: console.error,
  });
  const browser = await startBrowser();
  try {
    await fetch(`${server.url}/page.js`).then((response) => response.text()); // bundled by now
    const on = await brushed(browser, server.url);
    lines.push({ toots, how: "pre-aggregated", load, ...on });
    const off = await brushed(browser, `${server.url}/?preaggregate=off`);
    lines.push({ toots, how: "not pre-aggregated", load, ...off });
  } finally {
    await server.close();
    await snapshots.close();
  }
  const folder = join(scratch, `export-${toots}`);
  await writeExport({ location, lakeName: "bench", folder });
  const files = serveFolder(folder);
  try {
    lines.push({ toots, how: "static export", load: null, ...await brushed(browser, files.url) });
  } finally {
    await files.close();
    await browser.close();
  }
  return lines;
}

const ms = (n: number | null) => n === null ? "" : Math.round(n).toLocaleString("en");

async function main(args: readonly string[]): Promise<void> {
  const [folder = "data/bench/explore", ...sizes] = args;
  const scratch = await Deno.makeTempDir({ prefix: "bench-" });
  const head = "| toots | how | lake read, ms | first charts, ms | brush p50, ms | brush p95, ms |";
  console.log(`${head}\n| ---: | --- | ---: | ---: | ---: | ---: |`);
  try {
    for (const size of sizes.length > 0 ? sizes.map(Number) : [1_000_000, 10_000_000]) {
      const location = join(folder, String(size));
      console.error(`making a lake of ${size} toots in ${location}, unless it is there`);
      await makeLake(location, size);
      for (const { toots, how, load, first, p50, p95 } of await measure(location, size, scratch)) {
        console.log(
          `| ${toots.toLocaleString("en")} | ${how} | ${ms(load)} | ${ms(first)} | ${ms(p50)} | ${
            ms(p95)
          } |`,
        );
      }
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

if (import.meta.main) await main(Deno.args);
