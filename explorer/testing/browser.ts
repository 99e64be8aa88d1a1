/**
 * A real browser for tests: the system's Chromium.
 *
 * @module
 */
import { type Browser, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of Chromium (`CHROMIUM` names another one); null where there is none. */
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

/** No host but this machine can be found. */
export const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

/** Starts the browser, without a sandbox where root runs it. */
export function startBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: ["--disable-dev-shm-usage", ...(Deno.uid() === 0 ? ["--no-sandbox"] : []), ...args],
  });
}

/**
 * Opens an address and waits until all charts are drawn. Errors of the page go to `errors`.
 *
 * @param before what happens to the page before it opens the address
 */
export async function openPage(
  browser: Browser,
  url: string,
  errors: string[],
  options: Parameters<Browser["newPage"]>[0] = {},
  before: (page: Page) => Promise<void> = async () => {},
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

/** Says why browser tests are skipped, once. */
export const NO_BROWSER = chromiumPath() === null
  ? "browser tests are skipped: no Chromium here; install it, or name it in CHROMIUM"
  : null;
