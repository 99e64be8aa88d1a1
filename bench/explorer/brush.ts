/**
 * Brushes over the time chart with a real pointer, and measures in the page.
 *
 * @module
 */
import type { Browser } from "playwright-core";

/** What was measured, in milliseconds. */
export interface Brushing {
  /** From opening the page until all charts are drawn. */
  readonly first: number;
  /** From a move of the pointer until the last chart is drawn. */
  readonly p50: number;
  readonly p95: number;
}

/** Moves of the pointer that are measured. */
const MOVES = 60;

/** In the page: notes for each move when the last chart was painted. */
const WATCH = `(() => {
  globalThis.times = [];
  let moved = 0;
  addEventListener("pointermove", () => moved = performance.now(), true);
  new MutationObserver(() => requestAnimationFrame(() => times.push(performance.now() - moved)))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-drawn"] });
})()`;

/** Opens a page, brushes, and closes it. */
export async function brushed(browser: Browser, url: string): Promise<Brushing> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  await page.goto(url);
  await page.waitForSelector('#charts[aria-busy="false"]', { timeout: 120_000 });
  const first = performance.now() - began;
  await page.waitForTimeout(3_000); // a person looks before they drag
  const box = (await page.locator("#time .brush").boundingBox())!;
  const y = box.y + box.height / 2;
  await page.evaluate(WATCH);
  await page.mouse.move(box.x + box.width * 0.1, y);
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    const before = await page.evaluate<number>("times.length");
    await page.mouse.move(box.x + box.width * (0.1 + 0.8 * move / MOVES), y);
    const until = performance.now() + 5_000;
    while (await page.evaluate<number>("times.length") === before && performance.now() < until) {
      await page.waitForTimeout(4);
    }
  }
  await page.mouse.up();
  const times = (await page.evaluate<number[]>("times")).sort((a, b) => a - b);
  await page.close();
  if (times.length < MOVES / 2) {
    throw new Error(`only ${times.length} of ${MOVES} moves were drawn`);
  }
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
  return { first, p50: at(0.5), p95: at(0.95) };
}
