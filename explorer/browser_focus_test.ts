import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { becomes, IN_BROWSER, openPage, shows, value, withBrowser } from "./testing/browser.ts";
import { fewDays, START, type TestToot, withLake, writeToots } from "./testing/lake.ts";
import { withServer } from "./testing/serve.ts";

/** Opens a page over a lake, and checks that it reports no errors. */
const onPage = (
  toots: readonly TestToot[],
  work: (page: Page, location: string) => Promise<void>,
) =>
  withLake(
    toots,
    (location) =>
      withServer({ location, page: true }, (url) =>
        withBrowser(async (browser) => {
          const errors: string[] = [];
          await work(await openPage(browser, url, errors), location);
          assert.deepEqual(errors, []);
        })),
  );

/** Waits until the element with the focus matches a selector. */
const hasFocus = (page: Page, selector: string) =>
  becomes(page, `document.activeElement.matches(${JSON.stringify(selector)})`, true);

/** The texts of a row of an open table, as an expression in the page. `-1` is the last row. */
const row = (chart: string, at: number) =>
  `[...document.querySelectorAll("#${chart} tbody tr")].at(${at})?.innerText.replace(/\\s+/g, " ")`;

Deno.test(
  "an open table follows the selection and the lake, with a row for each bar",
  IN_BROWSER,
  () => {
    const minutes = Array.from({ length: 350 }, (_, i) => ({
      language: i % 2 === 0 ? "en" : "de",
      app: i % 4 < 2 ? "Web" : "Tusky",
    }));
    return onPage(minutes, async (page, location) => {
      for (const chart of ["time", "language", "week_hour"]) {
        await page.click(`#${chart} header button`);
      }
      await becomes(page, row("language", 0), "English 175 50 % 175");
      await becomes(page, row("time", 0), "1 Jun 2026, 00:00 to 00:01 1 0.3 % 1");
      await becomes(page, row("week_hour", 0), "Mon 00:00 60 17 % 60");

      await page.click(value("app", "Tusky"));
      await becomes(page, row("language", 0), "English 87 50 % 175");
      await becomes(page, row("language", 1), "German 87 50 % 175");
      await becomes(page, row("time", 0), "1 Jun 2026, 00:00 to 00:01 0 0 % 1");
      await becomes(page, row("week_hour", 0), "Mon 00:00 30 17 % 60");

      // The new toot is so late that the time chart gets more bars than a new chart would have.
      await writeToots(location, 1_000, [
        { time: START + 429 * 60_000, language: "ja", app: "Tusky" },
      ]);
      await shows(page, "#n-toots", 175);
      await becomes(page, row("language", 2), "Japanese 1 0.6 % 1");
      await becomes(page, row("time", -1), "1 Jun 2026, 07:09 to 07:10 1 0.6 % 1");
      assert.equal(await page.locator("#time tbody tr").count(), 430);
      await page.click("#reset");
      await becomes(page, row("time", 0), "1 Jun 2026, 00:00 to 00:01 1 0.3 % 1");
    });
  },
);

Deno.test(
  "the focus stays where the user is, or goes to the next element",
  IN_BROWSER,
  () =>
    onPage(fewDays(), async (page, location) => {
      await page.focus("input[name=word]");
      await page.keyboard.type("balloon");
      await page.keyboard.press("Enter");
      await shows(page, "#n-toots", 12);
      await becomes(page, "document.querySelector('input[name=word]').value", "");
      await hasFocus(page, "input[name=word]");

      await page.click(value("language", "English"));
      await page.click(value("app", "Web"));
      await page.focus('[data-filter="language"]');
      await page.keyboard.press("Enter");
      await becomes(page, "document.querySelectorAll('.chip').length", 2);
      await hasFocus(page, '[data-filter="app"]');
      await page.keyboard.press("Enter");
      await becomes(page, "document.querySelectorAll('.chip').length", 1);
      await hasFocus(page, '[data-filter="word"]');
      await page.keyboard.press("Enter");
      await becomes(page, "document.querySelectorAll('.chip').length", 0);
      await hasFocus(page, "#charts");

      await page.click(value("language", "English"));
      await shows(page, "#n-toots", 300);
      await page.focus("#reset");
      await page.keyboard.press("Enter");
      await shows(page, "#n-toots", 600);
      await hasFocus(page, "#reset");

      // A live update changes the order of the list, and shows the newest toots.
      await page.focus(value("language", "German"));
      const newer = (n: number) => ({
        time: START + (601 + n) * 600_000,
        language: "de",
        text: "newer",
        url: `https://a.example/newer/${n}`,
      });
      await writeToots(location, 5_000, Array.from({ length: 400 }, (_, n) => newer(n)));
      await becomes(page, "document.querySelector('#language li button').dataset.value", "German");
      await hasFocus(page, value("language", "German"));
      // A value with the focus stays in the list, even if ten others are more frequent.
      await page.focus(value("language", "Japanese"));
      const others = ["fr", "es", "it", "nl", "pl", "pt", "fi", "sv", "da", "cs"];
      await writeToots(
        location,
        6_000,
        others.flatMap((language) => Array.from({ length: 250 }, () => ({ language }))),
      );
      await becomes(page, "document.querySelectorAll('#language li').length", 11);
      await hasFocus(page, value("language", "Japanese"));

      const newest = 'a[href="https://a.example/newer/399"]';
      await page.focus(`#toots ${newest}`);
      await writeToots(location, 9_000, [newer(400), newer(401)]);
      await page.locator('#toots a[href$="/newer/401"]').waitFor();
      await hasFocus(page, newest);
      await writeToots(location, 9_100, Array.from({ length: 30 }, (_, n) => newer(500 + n)));
      await page.locator('#toots a[href$="/newer/529"]').waitFor();
      await hasFocus(page, "#toots a");
    }),
);
