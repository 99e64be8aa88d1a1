/**
 * The way to a server: an axios instance, which is what `npm:megalodon` takes,
 * that fetches by `fetch`.
 *
 * The adapter is ours for four reasons: axios's errors carry the request's
 * headers and with them the token, and ours never do; `fetch` and the clock can
 * be played by tests; the deadline is one for the whole answer, its body
 * included; and it decides by itself which redirects are followed.
 *
 * @module
 */
import axios, { type AxiosInstance, type InternalAxiosRequestConfig } from "axios";
import { parseJson, shapeOf } from "../../toot/json.ts";
import type { FeedDeps } from "../feed-options.ts";
import { ANSWER_BYTES, ANSWER_VALUES } from "../../limits.ts";

/** There was no complete answer. The message contains the reason, but not the address. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** The answer is longer than the limit. A shorter one may be requested. */
export class AnswerTooLong extends NetworkError {}

/** Options of {@linkcode createHttp}. */
export interface HttpOptions {
  readonly deps: Pick<FeedDeps, "clock" | "fetch">;
  readonly userAgent: string;
  /** Milliseconds until the whole answer must have arrived. Default 30,000. */
  readonly timeout?: number;
  readonly signal: AbortSignal;
}

/** Creates the instance. It throws only if there is no answer; every HTTP status is an answer. */
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
      for (let hops = 0;; hops++) {
        const response = await fetch(url, {
          headers,
          redirect: "manual",
          signal: request.signal,
        });
        const next = hops < 3 ? redirect(response, url) : null;
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

/** The JSON of a body, or its text if it is not JSON. */
function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/**
 * The address that an answer redirects to; null if it is no redirect. Requests
 * to the API may carry a token, and statuses are stored under the server's name,
 * so a redirect must stay on the same host and port, or go from `http` to `https`
 * on that host, but not back. Nodeinfo is asked without a token and may lie on another host.
 */
function redirect(response: Response, from: string): string | null {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, from)) return null;
  const here = new URL(from), there = new URL(location, from);
  if (there.protocol !== "https:" && there.protocol !== here.protocol) return null;
  if (!here.pathname.startsWith("/api/")) return there.href;
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

/** The text, unless parsing it would take much more memory than its bytes. */
function checked(text: string): string {
  // A value takes two bytes at least.
  if (text.length > 2 * ANSWER_VALUES && shapeOf(text).values > ANSWER_VALUES) {
    throw new AnswerTooLong("the answer has too many values");
  }
  return text;
}

/** The innermost reason, without the address that `fetch` writes before it. */
function reason(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  const message = inner instanceof Error ? inner.message : String(inner);
  return message.replace(/^.*\burl \([^)]*\)(: )?/, "") || "no connection";
}
