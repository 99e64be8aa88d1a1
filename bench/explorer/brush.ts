/**
 * Brushes over the time chart with a real pointer, and measures inside the page.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";

/** The measurements of one page, in milliseconds. */
export interface Brushing {
  /** The time from opening the page until all charts are drawn: the median of several pages. */
  readonly first: number;
  /** The time from a move of the pointer until the last chart is drawn: the median of all moves. */
  readonly p50: number;
  /** The time that 95 % of the moves do not exceed. */
  readonly p95: number;
  /**
   * The number of times per second that all charts are drawn, while the pointer moves 60 times per
   * second.
   */
  readonly draws: number;
}

/** The number of pages that are opened to measure the first charts. */
const PAGES = 5;

/** The number of measured moves of the pointer. */
const MOVES = 60;

/** The duration of the quick movement of the pointer, in milliseconds. */
const SWEEP = 3_000;

/** This script runs in the page. It measures how long all charts take to follow each move. */
const WATCH = `(() => {
  globalThis.times = [];
  let moved = 0, draw;
  addEventListener("pointermove", () => moved = performance.now(), true);
  globalThis.drawn = () => new Promise((resolve) => draw = resolve);
  new MutationObserver(() => requestAnimationFrame(() => {
    times.push(performance.now() - moved);
    draw?.();
  })).observe(document.documentElement, { attributes: true, attributeFilter: ["data-drawn"] });
})()`;

const DRAWN = '#charts[aria-busy="false"]';

/** Opens pages, brushes in the last one, and closes it. */
export async function brushed(browser: Browser, url: string): Promise<Brushing> {
  const firsts: number[] = [];
  for (let n = 0; n < PAGES; n++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const began = performance.now();
    await page.goto(url);
    await page.waitForSelector(DRAWN, { timeout: 120_000 });
    firsts.push(performance.now() - began);
    if (n < PAGES - 1) await page.close();
    else {
      await page.waitForTimeout(3_000); // A user looks at the page before the first drag.
      const result = await brushIn(page);
      await page.close();
      return { first: quantile(firsts, 0.5), ...result };
    }
  }
  throw new Error("no page was opened");
}

async function brushIn(page: Page): Promise<Omit<Brushing, "first">> {
  const box = (await page.locator("#time .brush").boundingBox())!;
  const y = box.y + box.height / 2;
  const to = (part: number) => page.mouse.move(box.x + box.width * (0.1 + 0.8 * part), y);
  await page.evaluate(WATCH);
  await to(0);
  await page.mouse.down();
  for (let move = 1; move <= MOVES; move++) {
    // The promise is created before the pointer moves, and resolves when the charts are drawn.
    const drawn = page.evaluate(
      "Promise.race([drawn(), new Promise((end) => setTimeout(end, 5000))])",
    );
    await to(move / MOVES);
    await drawn;
  }
  const times = await page.evaluate<number[]>("times.splice(0)");
  if (times.length < MOVES / 2) {
    throw new Error(`only ${times.length} of ${MOVES} moves were drawn`);
  }
  const began = performance.now();
  for (let move = 0; performance.now() - began < SWEEP; move++) {
    await to(0.5 + Math.cos(move / 25) / 2);
    await page.waitForTimeout(Math.max(0, began + move * 1000 / 60 - performance.now()));
  }
  const draws = await page.evaluate<number>("times.length") / ((performance.now() - began) / 1000);
  await page.mouse.up();
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), draws };
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}
