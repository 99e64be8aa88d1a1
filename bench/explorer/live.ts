/**
 * Measures how long it takes until a new toot is on the page.
 *
 * @module
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { land } from "../../lake/testing/toots.ts";
import { gone, toot } from "../../record/testing/toot.ts";

/** The number of toots that are written, one after the other. */
const TOOTS = 8;

/**
 * Writes toots, and deletes the first three of them, while a page is open.
 *
 * @returns the milliseconds from writing a file until the page shows the right number
 */
export async function followed(
  browser: Browser,
  url: string,
  location: string,
): Promise<{ toot: number[]; delete: number[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('#charts[aria-busy="false"]', { timeout: 120_000 });
  const read =
    "Number(document.querySelector('#n-toots').firstChild.textContent.replaceAll(',', ''))";
  const shows = async (n: number) => {
    const began = performance.now();
    while (await page.evaluate(read) !== n) await page.waitForTimeout(20);
    return performance.now() - began;
  };
  let n = await page.evaluate<number>(read);
  const times = { toot: [] as number[], delete: [] as number[] };
  for (let at = 0; at < TOOTS; at++) {
    const now = Date.now();
    await land(location, [toot(at, { posted_at: now - 700, observed_at: now })]);
    times.toot.push(await shows(++n));
  }
  for (let at = 0; at < 3; at++) {
    await land(location, [], [gone(at)]);
    times.delete.push(await shows(--n));
  }
  await page.close();
  return times;
}

/** Makes a copy of a lake from links to its files. Writing to the copy does not change the lake. */
export async function linked(location: string, to: string): Promise<string> {
  for (const folder of ["topics", "compacted"]) {
    await link(join(location, folder), join(to, folder));
  }
  return to;
}

async function link(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await link(join(from, name), join(to, name));
    // The file is linked. If the folder is on another disk, the file is copied.
    else {
      await Deno.link(join(from, name), join(to, name))
        .catch(() => Deno.copyFile(join(from, name), join(to, name)));
    }
  }
}
