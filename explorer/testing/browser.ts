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

/** Starts the browser, without a sandbox where root runs it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: ["--disable-dev-shm-usage", ...(Deno.uid() === 0 ? ["--no-sandbox"] : [])],
  });
}

/** Opens an address and waits until all charts are drawn. Errors of the page go to `errors`. */
export async function openPage(
  browser: Browser,
  url: string,
  errors: string[],
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  await page.waitForSelector('#charts[aria-busy="false"]');
  return page;
}

/** Says why browser tests are skipped, once. */
export const NO_BROWSER = chromiumPath() === null
  ? "browser tests are skipped: no Chromium here; install it, or name it in CHROMIUM"
  : null;
