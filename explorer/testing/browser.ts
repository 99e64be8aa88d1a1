/**
 * A real browser for tests: the system's Chromium.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Returns the path in the variable `CHROMIUM`, or else the path of an installed Chromium; null if
 * there is none.
 */
export function chromiumPath(): string | null {
  const named = Deno.env.get("CHROMIUM");
  if (named) return named;
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;
}

/** With this flag, the browser can reach only this machine. */
export const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

/** Starts the browser. If the user is root, the browser has no sandbox. */
export function startBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: ["--disable-dev-shm-usage", ...(Deno.uid() === 0 ? ["--no-sandbox"] : []), ...args],
  });
}

/**
 * Opens an address and waits until all charts are drawn. Errors of the page go to `errors`.
 *
 * @param before called with the page before it opens the address
 */
export async function openPage(
  browser: Browser,
  url: string,
  errors: string[],
  options: Parameters<Browser["newPage"]>[0] = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await before(page);
  await page.goto(url);
  await page.waitForSelector('#charts[aria-busy="false"]');
  return page;
}

/** The reason why browser tests are skipped; null if they run. */
export const NO_BROWSER = chromiumPath() === null
  ? "browser tests are skipped: no Chromium was found; install it, or set CHROMIUM to its path"
  : null;

/** The options of a browser test. */
export const IN_BROWSER = {
  ignore: NO_BROWSER !== null,
  sanitizeOps: false,
  sanitizeResources: false,
};

/** Starts the browser, and closes it after `work`. */
export async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await startBrowser(OFFLINE);
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** Returns the selector of a value in a list. */
export const value = (list: string, name: string) => `#${list} [data-value="${name}"]`;

/** Returns the selector of the count of a value in a list. */
export const countOf = (list: string, name: string) => `${value(list, name)} .count`;

/** Waits until an expression in the page has the value `wanted`. Fails after 20 seconds. */
export async function becomes(page: Page, read: string, wanted: unknown): Promise<void> {
  const until = performance.now() + 20_000;
  let now = await page.evaluate(read);
  while (now !== wanted && performance.now() < until) {
    await page.waitForTimeout(50);
    now = await page.evaluate(read);
  }
  assert.equal(now, wanted, read);
}

/** Waits until an element shows a number of toots. */
export function shows(page: Page, selector: string, n: number): Promise<void> {
  const found = `document.querySelector(${JSON.stringify(selector)})`;
  return becomes(page, `${found}?.firstChild?.textContent?.trim()`, n.toLocaleString("en"));
}
