/**
 * `GET /api/v1/timelines/public`.
 *
 * @see https://docs.joinmastodon.org/methods/timelines/#public
 * @module
 */
import type { ServerResponse } from "node:http";
import type { Faults } from "../../faults/active.ts";
import { misreadQuery, pageBody } from "./page-faults.ts";
import { parseId, writeId } from "../../ids.ts";
import { inventStatus } from "../../faults/invented.ts";
import { page, type Scope } from "../../timeline.ts";
import { type Headers, send } from "./answer.ts";
import type { ApiOptions } from "./api-options.ts";
import type { Caller } from "../authorization.ts";

/** Returns true for a parameter that Rails takes as true. */
function truthy(value: string | null): boolean {
  return value !== null && !["", "0", "f", "F", "false", "FALSE", "off", "OFF"].includes(value);
}

/** Creates the function that answers requests for a page of the public timeline. */
export function createTimelines(
  options: ApiOptions,
): (url: URL, caller: Caller, response: ServerResponse, headers: Headers) => void {
  const { book, server, writer, faults, software, clock, access } = options;
  const invented = createInventedPages(options);

  return (url, caller, response, headers) => {
    if (access() === "authenticated" && caller === "anonymous") {
      const { status, error } = software().needsToken;
      return send(response, status, JSON.stringify({ error }), headers);
    }
    if (access() === "disabled") return send(response, 200, "[]", headers);
    const { searchParams } = url;
    const made = invented(searchParams, faults);
    if (made !== undefined) return send(response, 200, made, headers);

    const scope: Scope = truthy(searchParams.get("local"))
      ? "local"
      : truthy(searchParams.get("remote"))
      ? "remote"
      : "all";
    const asked = searchParams.get("limit");
    const id = (name: string) => {
      const text = searchParams.get(name);
      return text ? parseId(text, software().ids) : undefined;
    };
    const hole = faults.find("hole");
    const query = misreadQuery({
      scope,
      onlyMedia: truthy(searchParams.get("only_media")),
      limit: asked === null ? 20 : Math.min(40, Math.abs(parseInt(asked) || 0)),
      maxId: id("max_id"),
      sinceId: id("since_id"),
      minId: id("min_id"),
      from: hole && clock() - hole.older,
    }, faults);
    const posts = page(book, server, query);
    const empty = posts.length > 0 ? faults.use("empty-pages") : undefined;
    const shown = empty ? [] : posts.map((post) => writer.status(post, caller === "known"));
    const body = pageBody(shown, faults, book.world.seed);
    const [newest, oldest] = [posts[0], posts.at(-1)].map((post) =>
      post === undefined ? "" : book.id(server, post)!
    );
    // The very long ids of the fault `odd-id` do not fit into a header.
    const oversized = newest!.length + oldest!.length > 1_000;
    if (posts.length === 0 || oversized || empty?.link === false) {
      return send(response, 200, body, headers);
    }
    const link = (name: string, id: string) => {
      const to = new URL(`${options.baseURL()}${url.pathname}`);
      for (const key of ["local", "remote", "limit", "only_media"]) {
        const value = searchParams.get(key);
        if (value !== null) to.searchParams.set(key, value);
      }
      to.searchParams.set(name, id);
      return to.href;
    };
    send(response, 200, body, {
      ...headers,
      Link: `<${link("max_id", oldest!)}>; rel="next", <${link("min_id", newest!)}>; rel="prev"`,
    });
  };
}

/**
 * Creates the function that returns the page of a fault `huge-pages` or `endless-pages`. It returns
 * undefined if neither fault is active.
 */
function createInventedPages(
  { book, server, software, clock }: ApiOptions,
): (params: URLSearchParams, faults: Faults) => string | undefined {
  let turn = 0;
  return (params, faults) => {
    const huge = faults.use("huge-pages");
    if (huge) {
      const { items = 3_000_000, item = "0" } = huge;
      return `[${`${item},`.repeat(Math.max(0, items - 1))}${item}]`;
    }
    const endless = faults.use("endless-pages");
    if (!endless) return undefined;
    const { order = "descending", size = 1 } = endless;
    const { origin } = book.world.accounts.all.find(({ home }) => home === server)!;
    const now = clock();
    const maxId = params.get("max_id");
    const from = order === "descending"
      ? maxId ? parseId(maxId, software().ids).time - 1 : now
      : now + (turn++ % 2 === 0 ? 1 : 5) * 1_000;
    const statuses = Array.from(
      { length: size },
      (_, i) =>
        inventStatus(origin, {
          id: writeId({ time: from - i, sequence: 0 }, software().ids),
          author: i,
          domain: null,
          noindex: false,
          posted: Math.min(from - i, now),
        }),
    );
    return `[${statuses.join(",")}]`;
  };
}
