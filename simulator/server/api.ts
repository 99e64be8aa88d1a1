/**
 * The REST API: the parts of Mastodon's that a reader of public timelines uses.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Book } from "../book.ts";
import { parseId } from "../ids.ts";
import type { StatusWriter } from "../entities/status.ts";
import { page, type Scope } from "../timeline.ts";
import type { Faults } from "./faults.ts";
import {
  type Access,
  atLeast,
  type InstanceFacts,
  instanceV1,
  instanceV2,
  nodeinfo,
  nodeinfoLinks,
} from "./instance.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the API needs of its server. */
export interface ApiOptions {
  book: Book;
  server: number;
  writer: StatusWriter;
  faults: Faults;
  limit: RateLimit;
  token: string;
  version: string;
  clock: () => number;
  access(): Access;
  baseURL(): string;
  facts(): InstanceFacts;
}

/** Who asks. */
export type Caller = "anonymous" | "known" | "invalid";

/** The token of a request: header, subprotocol of a WebSocket, or query. */
export function callerOf(request: IncomingMessage, token: string): Caller {
  const bearer = request.headers.authorization?.match(/^Bearer\s+(.+)$/i)?.[1];
  const given = bearer ?? request.headers["sec-websocket-protocol"] ??
    new URL(request.url!, "http://server").searchParams.get("access_token");
  return !given ? "anonymous" : given === token ? "known" : "invalid";
}

type Headers = Record<string, string>;

function send(response: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
      "Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining",
    ...headers,
  });
  response.end(body);
}

/** Rails' idea of true, for parameters. */
function truthy(value: string | null): boolean {
  return value !== null && !["", "0", "f", "F", "false", "FALSE", "off", "OFF"].includes(value);
}

/** Answers requests to `/api`, `/nodeinfo` and `/.well-known`. */
export function createApi(options: ApiOptions): (
  request: IncomingMessage,
  response: ServerResponse,
) => void {
  const { book, server, writer, faults, limit, token, version, clock, access } = options;

  const timeline = (url: URL, caller: Caller, response: ServerResponse, headers: Headers) => {
    if (access() === "authenticated" && caller === "anonymous") {
      // Before 4.5 this was the setting "preview"; it answered 422.
      const status = atLeast(version, 4, 5) ? 401 : 422;
      return send(
        response,
        status,
        `{"error":"This method requires an authenticated user"}`,
        headers,
      );
    }
    if (access() === "disabled") return send(response, 200, "[]", headers);
    const { searchParams } = url;
    const scope: Scope = truthy(searchParams.get("local"))
      ? "local"
      : truthy(searchParams.get("remote"))
      ? "remote"
      : "all";
    const asked = searchParams.get("limit");
    const id = (name: string) => {
      const text = searchParams.get(name);
      return text ? parseId(text) : undefined;
    };
    const hole = faults.find("hole");
    const posts = page(book, server, {
      scope,
      onlyMedia: truthy(searchParams.get("only_media")),
      limit: asked === null ? 20 : Math.min(40, Math.abs(parseInt(asked) || 0)),
      maxId: id("max_id"),
      sinceId: id("since_id"),
      minId: id("min_id"),
      from: hole && clock() - hole.older,
    });
    const body = `[${posts.map((post) => writer.status(post, caller === "known")).join(",")}]`;
    if (posts.length === 0) return send(response, 200, body, headers);
    const link = (name: string, post: number) => {
      const to = new URL(`${options.baseURL()}${url.pathname}`);
      for (const key of ["local", "remote", "limit", "only_media"]) {
        const value = searchParams.get(key);
        if (value !== null) to.searchParams.set(key, value);
      }
      to.searchParams.set(name, book.id(server, post)!);
      return to.href;
    };
    send(response, 200, body, {
      ...headers,
      Link: `<${link("max_id", posts.at(-1)!)}>; rel="next", <${
        link("min_id", posts[0]!)
      }>; rel="prev"`,
    });
  };

  const oneStatus = (id: string, caller: Caller, response: ServerResponse, headers: Headers) => {
    const at = book.ledger.timelines[server]!.before(parseId(id), false);
    const post = at < book.ledger.timelines[server]!.length
      ? book.ledger.timelines[server]!.post(at)
      : -1;
    if (post < 0 || book.ledger.gone(post) || book.id(server, post) !== id) {
      return send(response, 404, `{"error":"Record not found"}`, headers);
    }
    send(response, 200, writer.status(post, caller === "known"), headers);
  };

  const answer = (request: IncomingMessage, response: ServerResponse, headers: Headers) => {
    const url = new URL(request.url!, "http://server");
    const caller = callerOf(request, token);
    const { pathname } = url;
    if (request.method === "OPTIONS") {
      return send(response, 204, "", {
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Authorization",
      });
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return send(response, 404, `{"error":"Not Found"}`, headers);
    }
    if (caller === "invalid") {
      return send(response, 401, `{"error":"The access token is invalid"}`, {
        ...headers,
        "WWW-Authenticate": `Bearer realm="Doorkeeper", error="invalid_token", ` +
          `error_description="The access token is invalid"`,
      });
    }
    switch (pathname) {
      case "/api/v1/instance":
        return send(response, 200, JSON.stringify(instanceV1(options.facts())), headers);
      case "/api/v2/instance":
        if (!atLeast(version, 4, 0)) break;
        return send(response, 200, JSON.stringify(instanceV2(options.facts())), headers);
      case "/.well-known/nodeinfo":
        return send(response, 200, JSON.stringify(nodeinfoLinks(options.baseURL())));
      case "/nodeinfo/2.0":
        return send(response, 200, JSON.stringify(nodeinfo(options.facts())));
      case "/api/v1/timelines/public":
        return timeline(url, caller, response, headers);
      case "/api/v1/accounts/verify_credentials": {
        if (caller === "anonymous") {
          return send(response, 401, `{"error":"The access token is invalid"}`, headers);
        }
        const account = JSON.parse(writer.account(0)) as Record<string, unknown>;
        const source = {
          privacy: "public",
          sensitive: false,
          language: null,
          note: "",
          fields: [],
          follow_requests_count: 0,
        };
        return send(response, 200, JSON.stringify({ ...account, source }), headers);
      }
      case "/api/v1/streaming/health":
        return send(response, 200, "OK", { "Content-Type": "text/plain" });
      case "/api/v1/streaming":
        return send(response, 400, `{"error":"Streams are read over WebSocket here"}`, headers);
    }
    const id = pathname.match(/^\/api\/v1\/statuses\/([0-9A-Z]+)$/)?.[1];
    if (id) return oneStatus(id, caller, response, headers);
    send(response, 404, `{"error":"Not Found"}`, headers);
  };

  return (request, response) => {
    const { pathname } = new URL(request.url!, "http://server");
    const here = ({ path }: { path?: string }) => path === undefined || pathname.startsWith(path);
    if (faults.use("drop", here)) {
      request.socket.resetAndDestroy();
      return;
    }
    const caller = callerOf(request, token);
    const allowance = limit.take(
      caller === "known" ? token : request.socket.remoteAddress ?? "unknown",
    );
    const headers: Headers = Number.isFinite(allowance.limit)
      ? {
        "X-RateLimit-Limit": String(allowance.limit),
        "X-RateLimit-Remaining": String(allowance.remaining),
        "X-RateLimit-Reset": new Date(allowance.reset).toISOString(),
      }
      : {};
    const respond = () => {
      const fault = faults.use("http", (http) => http.on !== "stream" && here(http));
      if (fault) return fail(response, fault, headers, clock());
      if (!allowance.granted) {
        return send(response, 429, `{"error":"Too many requests"}`, headers);
      }
      answer(request, response, headers);
    };
    const slow = faults.use("slow", here);
    if (!slow) return respond();
    const timer = setTimeout(respond, slow.by);
    response.on("close", () => clearTimeout(timer));
  };
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: "The access token is invalid",
  403: "This action is not allowed",
  404: "Record not found",
  422: "This method requires an authenticated user",
  429: "Too many requests",
  500: "An error occurred",
  503: "Service Unavailable",
};

/** The answer of a fault. */
function fail(
  response: ServerResponse,
  fault: Extract<import("./faults.ts").Fault, { kind: "http" }>,
  headers: Headers,
  now: number,
): void {
  const { status, resetIn, retryAfter } = fault;
  const more: Headers = { ...headers };
  if (status === 429) {
    more["X-RateLimit-Remaining"] = "0";
    if (resetIn !== undefined) more["X-RateLimit-Reset"] = new Date(now + resetIn).toISOString();
  }
  if (retryAfter !== undefined) more["Retry-After"] = String(retryAfter);
  const message = MESSAGES[status] ?? "An error occurred";
  const body = fault.body ?? ([502, 503, 504].includes(status) ? "html" : "json");
  if (body === "html") more["Content-Type"] = "text/html";
  send(
    response,
    status,
    {
      json: JSON.stringify({ error: message }),
      half: `[{"id":"1`,
      html: `<!DOCTYPE html>\n<html><head><title>${status} ${message}</title></head>` +
        `<body><h1>${message}</h1></body></html>\n`,
      empty: "",
    }[body],
    more,
  );
}
