/**
 * The script of a static export.
 *
 * @module
 */
import { exportSource } from "./source/export.ts";
import { byId } from "./dom.ts";
import { openPage } from "./page.ts";
import { showProblem } from "./states.ts";
import { restoreTheme } from "./tools.ts";

restoreTheme();
try {
  const source = exportSource();
  const about = await source.about();
  document.title = `${about.lake} · Mastodon explorer`;
  byId("lake").textContent = about.lake;
  byId("foot").textContent =
    "Counts only. Each count has at least five authors. Further counts are left out, so that " +
    "smaller ones cannot be computed. One filter at a time.";
  await openPage(source, about);
  await source.prepare();
} catch (error) {
  showProblem((error as Error).message);
}
