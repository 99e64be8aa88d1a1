/**
 * The REST API: the parts of Mastodon's API that a reader of public timelines uses.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../authorization.ts";
import { fail, type Headers, send } from "./answer.ts";
import type { ApiOptions } from "./api-options.ts";
import { instanceV1, instanceV2, nodeinfo, nodeinfoLinks } from "./instance.ts";
import { createStatuses } from "./statuses.ts";
import { createTimelines } from "./timelines.ts";
import { activityWeeks } from "./weeks.ts";

const INVALID_TOKEN = {
  "WWW-Authenticate": `Bearer realm="Doorkeeper", error="invalid_token", ` +
    `error_description="The access token is invalid"`,
};

/** Answers requests to `/api`, `/nodeinfo` and `/.well-known`. */
export function createApi(
  options: ApiOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { book, server, writer, faults, limit, token, software, clock } = options;
  const timeline = createTimelines(options);
  const statuses = createStatuses(options);

  const credentials = (caller: Caller, response: ServerResponse, headers: Headers) => {
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
    send(response, 200, JSON.stringify({ ...account, source }), headers);
  };

  const answer = (request: IncomingMessage, response: ServerResponse, headers: Headers) => {
    const url = new URL(request.url!, "http://server");
    const { pathname, searchParams } = url;
    const caller = options.authorization.callerOf(request);
    const json = (body: unknown) => send(response, 200, JSON.stringify(body), headers);
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
        ...INVALID_TOKEN,
      });
    }
    switch (pathname) {
      case "/api/v1/instance":
        return json(instanceV1(options.facts()));
      case "/api/v2/instance": {
        const { instanceV2: status } = software();
        if (status === 200) return json(instanceV2(options.facts()));
        return fail(response, { kind: "http", status }, headers, clock());
      }
      case "/api/v1/instance/activity":
        if (!software().activity) break;
        return json(activityWeeks(book, server, clock()));
      case "/.well-known/nodeinfo":
        return json(nodeinfoLinks(options.baseURL()));
      case "/nodeinfo/2.0":
        return json(nodeinfo(options.facts()));
      case "/api/v1/timelines/public":
        return timeline(url, caller, response, headers);
      case "/api/v1/accounts/verify_credentials":
        return credentials(caller, response, headers);
      case "/api/v1/streaming/health":
        return send(response, 200, "OK", { "Content-Type": "text/plain" });
      case "/api/v1/streaming":
        return send(response, 400, `{"error":"Streams are read over WebSocket here"}`, headers);
      case "/api/v1/statuses": {
        const { several } = software();
        if (several === null) break;
        return statuses.several(searchParams.getAll(several), caller, response, headers);
      }
    }
    const id = pathname.match(/^\/api\/v1\/statuses\/([^/]+)$/)?.[1];
    if (id) return statuses.one(decodeURIComponent(id), caller, response, headers);
    send(response, 404, `{"error":"Not Found"}`, headers);
  };

  return (request, response) => {
    const { pathname } = new URL(request.url!, "http://server");
    const here = ({ path }: { path?: string }) => path === undefined || pathname.startsWith(path);
    if (faults.use("drop", here)) {
      request.socket.resetAndDestroy();
      return;
    }
    const caller = options.authorization.callerOf(request);
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
    if (faults.find("clock-ahead")) headers["Date"] = new Date(clock()).toUTCString();
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
