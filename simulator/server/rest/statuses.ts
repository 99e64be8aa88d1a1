/**
 * `GET /api/v1/statuses/:id`, and `GET /api/v1/statuses?id[]=` of Mastodon 4.3. In Pleroma the
 * parameter is `ids[]`.
 *
 * @see https://docs.joinmastodon.org/methods/statuses/
 * @module
 */
import type { ServerResponse } from "node:http";
import { parseId } from "../../ids.ts";
import { type Headers, send } from "./answer.ts";
import type { ApiOptions } from "./api-options.ts";
import type { Caller } from "../authorization.ts";

/** The maximum number of statuses in one request. */
const AT_ONCE = 20;

/** Answers requests for statuses by their ids. */
export interface Statuses {
  one(id: string, caller: Caller, response: ServerResponse, headers: Headers): void;
  several(ids: string[], caller: Caller, response: ServerResponse, headers: Headers): void;
}

/** Creates the routes for the statuses of one server. */
export function createStatuses({ book, server, writer, software }: ApiOptions): Statuses {
  const timeline = book.ledger.timelines[server]!;
  /** Returns the number of the post with this id, or -1. */
  const find = (id: string): number => {
    for (const [post, odd] of book.ids[server]!.odd) {
      if (odd === id) return book.ledger.gone(post) ? -1 : post;
    }
    const at = timeline.before(parseId(id, software().ids), false);
    const post = at < timeline.length ? timeline.post(at) : -1;
    return post < 0 || book.ledger.gone(post) || book.id(server, post) !== id ? -1 : post;
  };
  return {
    one(id, caller, response, headers) {
      const post = find(id);
      if (post < 0) return send(response, 404, `{"error":"Record not found"}`, headers);
      send(response, 200, writer.status(post, caller === "known"), headers);
    },
    several(ids, caller, response, headers) {
      const unique = [...new Set(ids)];
      if (unique.length > AT_ONCE) {
        return send(response, 422, `{"error":"Validation failed"}`, headers);
      }
      const posts = unique.map(find).filter((post) => post >= 0);
      const body = posts.map((post) => writer.status(post, caller === "known")).join(",");
      send(response, 200, `[${body}]`, headers);
    },
  };
}
