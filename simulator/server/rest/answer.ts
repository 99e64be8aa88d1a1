/**
 * Sends the answers of the API: the headers of every answer, and the answers of faults.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { HttpFault } from "../../faults/rest.ts";

/** Headers of an answer. */
export type Headers = Record<string, string>;

/** Answers with a body, by default JSON. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Headers = {},
): void {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
      "Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining",
    ...headers,
  });
  response.end(body);
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: "The access token is invalid",
  403: "This action is not allowed",
  404: "Record not found",
  422: "This method requires an authenticated user",
  429: "Too many requests",
  500: "An error occurred",
  501: "not implemented but might be in the future",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** Returns the type and the text of the body of a fault's answer. */
export function failureBody({ status, body }: HttpFault): { type: string; text: string } {
  const message = MESSAGES[status] ?? "An error occurred";
  switch (body ?? ([502, 503, 504].includes(status) ? "html" : "json")) {
    case "html":
      return {
        type: "text/html",
        text: `<!DOCTYPE html>\n<html><head><title>${status} ${message}</title></head>` +
          `<body><h1>${message}</h1></body></html>\n`,
      };
    case "half":
      return { type: "application/json; charset=utf-8", text: `[{"id":"1` };
    case "empty":
      return { type: "application/json; charset=utf-8", text: "" };
    default:
      return {
        type: "application/json; charset=utf-8",
        text: JSON.stringify({ error: message }),
      };
  }
}

/** Sends the answer of a fault. `now` is the server's time, in milliseconds since 1970. */
export function fail(
  response: ServerResponse,
  fault: HttpFault,
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
  const { type, text } = failureBody(fault);
  send(response, status, text, { ...more, "Content-Type": type });
}
