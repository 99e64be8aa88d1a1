/**
 * Measures how long the explorer takes from its start until its page shows all charts.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const MAIN = fileURLToPath(new URL("../../explorer/main.ts", import.meta.url));

/** The measurements, in milliseconds from the start of the command. */
export interface Starting {
  /** The time until the page answers. */
  readonly page: number;
  /** The time until all charts are drawn. */
  readonly charts: number;
}

/**
 * Starts the explorer with `cache` as the folder for its tables, opens the page, and stops the
 * explorer.
 */
export async function started(
  browser: Browser,
  location: string,
  cache: string,
): Promise<Starting> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", MAIN, "--lake", location],
      ...["--port", String(port), "--cache", cache],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    while (!await fetch(url).then((r) => r.text(), () => null)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const there = performance.now() - began;
    await page.goto(url);
    await page.waitForSelector('#charts[aria-busy="false"]', { timeout: 300_000 });
    return { page: there, charts: performance.now() - began };
  } finally {
    await page.close();
    child.kill("SIGTERM");
    await child.status;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
