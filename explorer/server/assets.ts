/**
 * The files of the page.
 *
 * @module
 */
import html from "../page/index.html" with { type: "text" };
import style from "../page/style.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import { bundle } from "./bundle.ts";
import type { Asset } from "./serve.ts";

/**
 * Returns all files by path. The script is a promise, because Deno is still bundling it.
 *
 * @param cache a folder that keeps the script for the next run; null to keep nothing
 */
export function assets(cache: string | null = null): ReadonlyMap<string, Asset> {
  const script = bundle("../page/main.ts", cache);
  script.catch(() => {}); // A failure is reported when the page requests the script.
  return new Map<string, Asset>([
    ["/", { type: "text/html; charset=utf-8", body: html }],
    ["/style.css", { type: "text/css; charset=utf-8", body: style }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: script }],
    ["/icon.svg", { type: "image/svg+xml", body: icon }],
  ]);
}
