/**
 * The explorer's server: it serves the page, answers its queries, and sends it updates.
 *
 * @module
 */
import { firstLine } from "../../common/failure.ts";
import { createHash } from "node:crypto";
import { Failure } from "../../lake/mod.ts";
import type { About } from "../data/about.ts";
import { live } from "../data/live.ts";
import { LENGTH_STEP } from "../data/columns.ts";
import type { Snapshots } from "../data/snapshot.ts";
import { findWord, shownToots } from "../data/texts.ts";
import { answers } from "./answers.ts";
import { arrowOf } from "./arrow.ts";
import { type Guard, readBody, textIn } from "./guard.ts";
import { withHeaders } from "./headers.ts";
import { openUpdates } from "./updates.ts";

/** Options of {@linkcode startServer}. */
export interface ServerOptions {
  readonly hostname: string;
  /** The port; 0 for a free port. */
  readonly port: number;
  readonly guard: Guard;
  /** The lake; requests for data wait until it has been read. */
  readonly snapshots: Promise<Snapshots>;
  /** The page's files by path. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** The lake's name. */
  readonly lakeName: string;
  /** The lake's location for `--lake`. */
  readonly location: string;
  readonly texts: boolean;
  /** The shortest pause between two checks of the lake in milliseconds. Default: 2,000. */
  readonly every?: number;
  /** Receives the error if a check of the lake fails. */
  readonly warn: (message: string) => void;
}

/** For this many milliseconds, all pages get the same answer about the lake. */
const SHARED = 500;

/** The loopback addresses that reach a server on all addresses. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly body: string | Promise<string>;
}

/** A running server. */
export interface Server {
  /**
   * The address, such as `http://127.0.0.1:8088`. If the server listens on all addresses, it is the
   * loopback address.
   */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @throws {Failure} if the port is in use
 */
export function startServer(options: ServerOptions): Server {
  const { hostname, port, guard, assets, texts } = options;
  const about = async (): Promise<About> => {
    const snapshots = await options.snapshots;
    const { current } = snapshots;
    return {
      lake: options.lakeName,
      location: options.location,
      ...current,
      live: await live(snapshots),
      texts,
      lengthStep: LENGTH_STEP,
      exported: null,
    };
  };
  let latest: { readonly at: number; readonly about: Promise<About> } | null = null;
  /** Returns data about the lake. Requests within {@linkcode SHARED} milliseconds share them. */
  const sharedAbout = () => {
    const now = performance.now();
    if (latest === null || now - latest.at > SHARED) latest = { at: now, about: about() };
    latest.about.catch(() => latest = null);
    return latest.about;
  };
  const updates = openUpdates({
    about,
    refresh: async () => await (await options.snapshots).refresh(),
    every: options.every ?? 2_000,
    warn: options.warn,
  });

  async function post(
    path: string,
    body: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<Response> {
    const snapshots = await options.snapshots;
    const { database } = snapshots;
    switch (path) {
      case "/query": {
        const sql = textIn(body, "sql");
        if (body["type"] === "exec") {
          await database.cube(sql);
          return new Response(null, { status: 204 });
        }
        const bytes = arrowOf(await database.answer(sql));
        return new Response(bytes as BodyInit, {
          headers: { "content-type": "application/vnd.apache.arrow.stream" },
        });
      }
      case "/queries":
        return answers(database, body["sqls"], body["cubes"], signal);
      case "/toots":
        return Response.json(
          await shownToots(snapshots, body["ids"] ?? [], texts),
        );
      case "/word":
        if (!texts) throw new Failure("texts are not shown here (--no-text)", { exitCode: 2 });
        return Response.json({ toots: await findWord(snapshots, textIn(body, "word")) });
    }
    return new Response("not found\n", { status: 404 });
  }

  async function get(path: string, known: string | null): Promise<Response> {
    if (path === "/about") return Response.json(await sharedAbout());
    if (path === "/updates") return updates.stream();
    const asset = assets.get(path);
    if (!asset) return new Response("not found\n", { status: 404 });
    const body = await asset.body;
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`;
    const headers = { "content-type": asset.type, etag, "cache-control": "no-cache" };
    // The header can contain more than the tag, because a proxy or the browser may mark it as weak.
    if (known?.includes(etag)) return new Response(null, { status: 304, headers });
    return new Response(body, { headers });
  }

  async function answer(request: Request): Promise<Response> {
    const refused = guard.check(request);
    if (refused) return refused;
    const { pathname } = new URL(request.url);
    try {
      if (request.method !== "POST") {
        return await get(pathname, request.headers.get("if-none-match"));
      }
      // With `no-legacy-abort` in deno.json, Deno aborts the signal only if the page is gone or no
      // longer wants the answer.
      return await post(pathname, await readBody(request), request.signal);
    } catch (error) {
      return failed(error);
    }
  }

  const controller = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname,
      port,
      signal: controller.signal,
      onListen: () => {},
    }, async (request) => withHeaders(await answer(request)));
  } catch (error) {
    updates.close();
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Failure(`port ${port} is in use; choose another with --port`, { cause: error });
  }
  const reachable = LOOPBACK[server.addr.hostname] ?? hostname;
  const host = reachable.includes(":") ? `[${reachable}]` : reachable;
  return {
    url: `http://${host}:${server.addr.port}`,
    async close() {
      await updates.close();
      controller.abort();
      await server.finished;
    },
  };
}

/** Creates an answer that contains the first line of an error. */
function failed(error: unknown): Response {
  const status = error instanceof RangeError
    ? 413
    : error instanceof SyntaxError
    ? 400
    : error instanceof Failure
    ? error.exitCode === 2 ? 400 : 422
    : 500;
  return new Response(`${firstLine(error)}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
