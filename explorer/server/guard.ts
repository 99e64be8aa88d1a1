/**
 * Checks requests: only the explorer's own page may send them.
 *
 * A page of another site can make a browser send requests to this server. They are recognized by
 * their `Origin`, or by their `Host` if the site has pointed its own name at 127.0.0.1 (DNS
 * rebinding). If other machines can reach the address, a token is needed as well.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";

/** The maximum number of bytes of a request's body. */
export const MOST_BODY_BYTES = 256 * 1024;

/** Options of {@linkcode openGuard}. */
export interface GuardOptions {
  /** The token that requests must contain; null if none is needed. */
  readonly token: string | null;
}

/** Checks each request before it is handled. */
export interface Guard {
  /** Returns the answer to a refused request, or null if the request is allowed. */
  check(request: Request): Response | null;
}

const COOKIE = "explorer_token";
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

const plain = (status: number, text: string) =>
  new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });

/** Compares two texts in a time that does not depend on where they differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new TextEncoder().encode(text));
  return a!.length === b!.length && timingSafeEqual(a!, b!);
}

/** Creates a guard. */
export function openGuard({ token }: GuardOptions): Guard {
  // A token may contain characters that end the value of a cookie, such as `;`.
  const cookieValue = encodeURIComponent(token ?? "");
  return {
    check(request) {
      const host = request.headers.get("host") ?? "";
      // Deno builds `request.url` from the Host header, which can contain anything.
      const url = URL.parse(request.url);
      if (url === null) return plain(400, "the address or the Host header cannot be read");
      if (token === null && !LOOPBACK.test(host)) {
        return plain(421, "this server answers only under the names 127.0.0.1 and localhost");
      }
      if (token !== null) {
        const given = url.searchParams.get("token");
        if (given !== null && isEqual(given, token) && request.method === "GET") {
          url.searchParams.delete("token");
          // A redirect removes the token from the address bar. The token is stored in a cookie,
          // which requests of other sites do not contain.
          return new Response(null, {
            status: 303,
            headers: {
              // The path is left out, because a path such as //evil.example would lead to another
              // site.
              location: `/${url.search}`,
              "set-cookie": `${COOKIE}=${cookieValue}; HttpOnly; SameSite=Strict; Path=/`,
            },
          });
        }
        if (!isEqual(cookie(request, COOKIE), cookieValue)) {
          return plain(401, "open the address that the terminal shows; it contains the token");
        }
      }
      const origin = request.headers.get("origin");
      if (origin !== null && origin.replace(/^https?:\/\//i, "") !== host) {
        return plain(403, "requests from other sites are refused");
      }
      if (!["same-origin", "none", null].includes(request.headers.get("sec-fetch-site"))) {
        // A link from another site to the page is allowed, but requests for data are not.
        if (request.method !== "GET" || url.pathname !== "/") {
          return plain(403, "requests from other sites are refused");
        }
      }
      if (request.method === "POST") return checkBody(request);
      if (request.method === "GET" || request.method === "HEAD") return null;
      return plain(405, "GET and POST only");
    },
  };
}

function checkBody(request: Request): Response | null {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return plain(415, "send application/json");
  }
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BODY_BYTES) {
    return plain(413, `a request has at most ${MOST_BODY_BYTES} bytes`);
  }
  return null;
}

function cookie(request: Request, name: string): string {
  for (const part of (request.headers.get("cookie") ?? "").split(/;\s*/)) {
    if (part.startsWith(`${name}=`)) return part.slice(name.length + 1);
  }
  return "";
}

/**
 * Returns the text `name` from the body of a request.
 *
 * @throws {SyntaxError} if `name` is not a string in the body
 */
export function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const text = body[name];
  if (typeof text !== "string") throw new SyntaxError(`expected a text: ${name}`);
  return text;
}

/** The time in milliseconds within which a body must arrive. */
const BODY_TIME = 10_000;

/**
 * Reads the body of a request. Its bytes are counted, because the length in the headers may be
 * missing or wrong.
 *
 * @throws {RangeError} if the body is longer than allowed
 * @throws {SyntaxError} if the body is not a JSON object, or does not arrive in time
 */
export async function readBody(request: Request): Promise<Record<string, unknown>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SyntaxError("the body did not arrive in time")), BODY_TIME);
  });
  try {
    const body = await Promise.race([readJson(request), late]);
    if (body === null || typeof body !== "object" || Array.isArray(body)) {
      throw new SyntaxError("expected a JSON object");
    }
    return body as Record<string, unknown>;
  } finally {
    clearTimeout(timer);
  }
}

async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) {
      throw new RangeError(`a request has at most ${MOST_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return JSON.parse(await new Blob(chunks as BlobPart[]).text());
}
