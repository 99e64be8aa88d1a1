/**
 * The script of the live page.
 *
 * @module
 */
import { openPage, type Page } from "./page.ts";
import { drawLive } from "./head.ts";
import { serverSource } from "./source/server.ts";
import type { About } from "./source/source.ts";
import { showEmpty, showProblem, showWaiting } from "./states.ts";
import { restoreTheme } from "./tools.ts";

restoreTheme();
const source = serverSource();
let page: Page | null = null;
let working: Promise<void> = Promise.resolve();

async function show(about: About): Promise<void> {
  document.title = `${about.lake} · Mastodon explorer`;
  document.getElementById("lake")!.textContent = about.lake;
  if (page) await page.update(about);
  else if (about.contents.toots === 0) {
    drawLive(about);
    showEmpty(about.location);
  } else {
    document.body.classList.remove("nothing");
    page = await openPage(source, about);
  }
}

/**
 * Updates are handled one after the other, so that a newer update does not overtake an older one.
 */
function inTurn(about: About): void {
  working = working.then(async () => {
    await show(about);
    showProblem(null);
  }).catch((error) => showProblem((error as Error).message));
}

// The first reading of a lake is slow, so a notice appears after a second.
const slow = setTimeout(() => showWaiting(true), 1_000);
try {
  inTurn(await source.about());
} catch (error) {
  showProblem((error as Error).message);
}
clearTimeout(slow);
showWaiting(false);
await working;
source.server!.updates(inTurn, showProblem);
