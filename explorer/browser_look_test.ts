import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { IN_BROWSER, openPage, withBrowser } from "./testing/browser.ts";
import { fewDays, withLake, writeCoverage } from "./testing/lake.ts";
import { withServer } from "./testing/serve.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Fails if axe finds a serious fault on the page. The page must not have a policy. */
async function checkWithAxe(page: Page, what: string): Promise<void> {
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async () => {
    // deno-lint-ignore no-explicit-any
    const { violations } = await (globalThis as any).axe.run();
    return violations
      .filter(({ impact }: { impact: string }) => /serious|critical/.test(impact))
      .map(({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
        `${id}: ${nodes[0]?.html}`
      );
  });
  assert.deepEqual(found, [], what);
}

Deno.test(
  "axe finds no serious fault in light and dark, on desktop and phone",
  IN_BROWSER,
  () =>
    withLake(
      fewDays(),
      (location) =>
        withServer({ location, page: true, every: 60_000 }, (url) =>
          withBrowser(async (browser) => {
            const errors: string[] = [];
            for (const colorScheme of ["light", "dark"] as const) {
              for (const width of [1280, 360, 2560]) {
                const context = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
                const page = await openPage(browser, `${url}/?language=German`, errors, context);
                const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
                assert.ok(wide <= width, `${wide} px wide at ${width}`);
                await checkWithAxe(page, `${colorScheme}, ${width} px`);
                const paper = await page.evaluate<string>(
                  "getComputedStyle(document.body).backgroundColor",
                );
                const [red] = /\d+/.exec(paper)!;
                assert.equal(Number(red) < 100, colorScheme === "dark", paper);
                if (width === 1280) {
                  for (const button of await page.locator("header > .quiet").all()) {
                    await button.click();
                  }
                  await page.locator("#hashtag tbody tr").first().waitFor();
                  await checkWithAxe(page, `${colorScheme}, all tables open`);
                }
                await page.close();
              }
            }
            assert.deepEqual(errors, []);
          })),
    ),
);

Deno.test(
  "axe finds no serious fault on an empty page, and on one with an error",
  IN_BROWSER,
  () =>
    withLake([], (location) =>
      withBrowser(async (browser) => {
        const pages: Page[] = [];
        await withServer({ location, page: true }, async (url) => {
          for (const colorScheme of ["light", "dark"] as const) {
            const page = await openPage(browser, url, [], { colorScheme, bypassCSP: true });
            await page.locator("#empty").waitFor();
            await checkWithAxe(page, `${colorScheme}, empty`);
            pages.push(page);
          }
        });
        for (const page of pages) {
          await page.waitForSelector("#problem:not([hidden])");
          await checkWithAxe(page, "an error");
        }
      })),
);

/** Adds up the layout shifts of a page, as browsers do. */
const MEASURE = `globalThis.shift = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.shift += value;
  }).observe({ type: "layout-shift", buffered: true });`;

Deno.test("the page does not jump while it loads, on a phone or a desktop", IN_BROWSER, () => {
  const now = Date.now();
  const live = Array.from({ length: 300 }, (_, n) => ({ time: now - n * 10_000 }));
  const hour = { from: now - 3_600_000, until: now - 1_000, outcome: "covered" } as const;
  const shifts = (location: string) =>
    withServer({ location, page: true, every: 60_000 }, (url) =>
      withBrowser(async (browser) => {
        for (const width of [360, 1280]) {
          const viewport = { width, height: 800 };
          const page = await openPage(
            browser,
            url,
            [],
            { viewport },
            (page) => page.addInitScript(MEASURE),
          );
          await page.locator("#toots li").first().waitFor();
          const shift = await page.evaluate<number>("shift");
          const live = await page.locator("#live").innerText();
          assert.ok(shift < 0.05, `${shift.toFixed(3)} at ${width} px: ${live}`);
          await page.close();
        }
      }));
  return withLake(fewDays(), async (atRest) => {
    await shifts(atRest);
    await withLake(live, async (location) => {
      await writeCoverage(location, [
        { server: "a.example", ...hour },
        { server: "b.example", ...hour },
      ]);
      await shifts(location);
    });
  });
});

Deno.test("the page shows which servers are covered now, and why one is not", IN_BROWSER, () => {
  const now = Date.now();
  const seconds = (n: number) => now + n * 1_000;
  return withLake([{ time: seconds(-30), observed: seconds(-29) }], async (location) => {
    await writeCoverage(location, [
      { server: "a.example", from: seconds(-120), until: seconds(-5), outcome: "covered" },
      { server: "b.example", from: seconds(-9_000), until: seconds(-7_200), outcome: "covered" },
      {
        server: "c.example",
        ...{ from: seconds(-120), until: seconds(-60), outcome: "lost", cause: "closed (1006)" },
      },
    ]);
    await withServer({ location, page: true }, (url) =>
      withBrowser(async (browser) => {
        const errors: string[] = [];
        for (const colorScheme of ["light", "dark"] as const) {
          const page = await openPage(browser, url, errors, { colorScheme, bypassCSP: true });
          const servers = await page.locator("#coverage li").allInnerTexts();
          assert.equal(servers.length, 3);
          const said = (name: string) => servers.find((text) => text.startsWith(name))!;
          assert.equal(said("a.example"), "a.example local, covered");
          assert.match(said("b.example"), /^b\.example local, not covered since \d+ \w+ .* UTC$/);
          assert.match(said("c.example"), / UTC, closed \(1006\)$/);
          assert.equal(await page.locator("#coverage li.lost").count(), 2);
          assert.match(await page.locator("#live").innerText(), /1 of 3 timelines covered/);
          await checkWithAxe(page, `${colorScheme}, coverage`);
          await page.close();
        }
        assert.deepEqual(errors, []);
      }));
  });
});
