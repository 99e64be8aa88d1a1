/**
 * The HTTP client: an axios instance, as `npm:megalodon` requires, that sends its requests with
 * `fetch`.
 *
 * The axios adapter is our own for four reasons. Errors of axios contain the request's headers, and
 * so the token; errors of this adapter do not. Tests can replace `fetch` and the clock. The timeout
 * covers the whole answer, including its body. And the adapter decides which redirects are
 * followed.
 *
 * @module
 */
import axios, { type AxiosInstance, type InternalAxiosRequestConfig } from "axios";
import { parseJson, shapeOf } from "../../toot/json.ts";
import type { FeedDeps } from "../feed-options.ts";
import { ANSWER_BYTES, ANSWER_VALUES } from "../../limits.ts";

/**
 * Thrown if there was no complete answer. The message contains the reason, but not the address.
 */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/**
 * Thrown if the answer is longer than the limit or has too many values. The caller may request a
 * shorter one.
 */
export class AnswerTooLong extends NetworkError {}

/** Options of {@linkcode createHttp}. */
export interface HttpOptions {
  readonly deps: Pick<FeedDeps, "clock" | "fetch">;
  readonly userAgent: string;
  /** Milliseconds until the whole answer must have arrived. Default 30,000. */
  readonly timeout?: number;
  readonly signal: AbortSignal;
}

/**
 * Creates the axios instance. Its requests throw a {@linkcode NetworkError} if there is no complete
 * answer. Every HTTP status counts as an answer.
 */
export function createHttp(options: HttpOptions): AxiosInstance {
  const { deps: { clock, fetch }, userAgent, timeout = 30_000, signal } = options;

  const adapter = async (config: InternalAxiosRequestConfig) => {
    const headers: Record<string, string> = { "User-Agent": userAgent };
    for (const [name, value] of Object.entries(config.headers.toJSON())) {
      if (value !== null && value !== undefined) headers[name] = String(value);
    }
    const request = new AbortController();
    const abort = () => request.abort();
    let late = false;
    const cancel = clock.after(timeout, () => {
      late = true;
      abort();
    });
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      let url = axios.getUri(config);
      const bound = isBound(url, headers);
      for (let hops = 0;; hops++) {
        const response = await fetch(url, {
          headers,
          redirect: "manual",
          signal: request.signal,
        });
        const next = hops < 3 ? redirect(response, url, bound) : null;
        if (next === null) {
          return {
            data: checked(await readText(response)),
            status: response.status,
            statusText: response.statusText,
            // `Headers` returns every name in lower case.
            headers: Object.fromEntries(response.headers),
            config,
          };
        }
        await response.body?.cancel();
        url = next;
      }
    } catch (error) {
      if (error instanceof AnswerTooLong) throw error;
      throw new NetworkError(
        late ? `no answer within ${timeout / 1000} s` : reason(error),
      );
    } finally {
      cancel();
      signal.removeEventListener("abort", abort);
    }
  };
  return axios.create({ adapter, transformResponse: [parse] });
}

/** Returns the value of a body of JSON, or the text of any other body. */
function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/**
 * Returns true if a request and its redirects must stay on one host: a request to the API, whose
 * answers are stored under the server's name, and every request with a token.
 */
function isBound(url: string, headers: Readonly<Record<string, string>>): boolean {
  return new URL(url).pathname.startsWith("/api/") ||
    Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
}

/**
 * Returns the address that an answer redirects to; null if the answer is not a redirect, or if the
 * redirect must not be followed. A redirect may go from `http` to `https`, but not back.
 *
 * @param bound true if the redirect must stay on the same host and port. It may still go from `http`
 * to `https` on that host. Each redirect of a request is checked, so all of them stay on the host
 * of the first address.
 */
function redirect(response: Response, from: string, bound: boolean): string | null {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, from)) return null;
  const here = new URL(from), there = new URL(location, from);
  if (there.protocol !== "https:" && there.protocol !== here.protocol) return null;
  if (!bound) return there.href;
  const upgraded = there.protocol !== here.protocol && here.hostname === there.hostname;
  return here.host === there.host || upgraded ? there.href : null;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES) throw new AnswerTooLong("the answer is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Returns the text, or throws if its JSON has too many values to be parsed in little memory. */
function checked(text: string): string {
  // A value of JSON takes at least two characters, so a short text cannot have too many values.
  if (text.length > 2 * ANSWER_VALUES && shapeOf(text).values > ANSWER_VALUES) {
    throw new AnswerTooLong("the answer has too many values");
  }
  return text;
}

/** Returns the message of the innermost error, without the address that `fetch` adds. */
function reason(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  const message = inner instanceof Error ? inner.message : String(inner);
  return message.replace(/^.*\burl \([^)]*\)(: )?/, "") || "no connection";
}
