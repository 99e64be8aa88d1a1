/**
 * Requests to the API of one server. They respect the rate limit. Requests for the timeline are
 * repeated until there is an answer.
 *
 * The requests use `npm:megalodon`, but only its `Mastodon.client.get`, which returns the JSON as
 * the server sent it, with status and headers. That method puts the token into the Authorization
 * header, and uses the API that all Mastodon-compatible servers share.
 *
 * Methods such as `getPublicTimeline` are not used, because they copy a fixed list of fields into
 * their own entities. For Mastodon this copying drops all other fields (and turns an unknown
 * visibility into undefined); for Pleroma, GoToSocial and Pixelfed it also drops the account's
 * `indexable`, on which consent depends. For Firefish these methods use a different API.
 *
 * The library's User-Agent argument only applies to its streaming, so `http.ts` sets the header.
 * The library's streaming is not used: it ends for good after close code 1000, retries after a 401
 * for ever, and puts the token into the URL.
 *
 * @module
 */
import { detector, Mastodon } from "megalodon";
import { Failure } from "../../../common/failure.ts";
import { type Clock, sleep } from "../../../common/clock.ts";
import { createBackoff } from "../../../common/retry.ts";
import type { ServerEvent } from "../event.ts";
import { AnswerTooLong, createHttp, NetworkError } from "./http.ts";
import { duration, notice } from "../notice.ts";
import type { FeedDeps, FeedOptions } from "../feed-options.ts";
import { createPace, type Headers, type Pace, retryAfter } from "./rate-limit.ts";
import { userAgent } from "./user-agent.ts";

/** The server's answer to a request. */
export interface Answer {
  readonly status: number;
  /** The headers, with names in lower case. */
  readonly headers: Headers;
  /** The parsed JSON of the body, or the text of a body that is not JSON. */
  readonly body: unknown;
  /** When the request was sent, on both clocks. */
  readonly asked: Instant;
}

/** A moment on the wall clock and on the monotonic clock. */
export interface Instant {
  /** Milliseconds since 1970. */
  readonly wall: number;
  readonly monotonic: number;
}

/** Returns the present moment on both clocks. */
export function instant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Sends requests to one server. */
export interface Rest {
  /**
   * Repeats a request until there is an answer that is not a temporary failure, and yields notices
   * meanwhile. It waits for the rate limit, and tries again after failures such as network errors,
   * 429, 5xx and error pages of a content delivery network.
   *
   * @throws {Failure} if the server has never answered, after several attempts
   * @throws {AnswerTooLong} if the answer is longer than the limit
   */
  get(
    path: string,
    params?: Readonly<Record<string, string>>,
  ): AsyncGenerator<ServerEvent[], Answer, undefined>;
  /** Sends one request as soon as the rate limit permits; null if there is no answer. */
  askOnce(path: string): Promise<Answer | null>;
  /** Requests the software's name from nodeinfo; null if that fails. Never throws. */
  detect(): Promise<string | null>;
  readonly pace: Pace;
}

/** A server that has never answered counts as unreachable after this many attempts. */
const FIRST_TRIES = 6;
/** After this many 2xx answers whose bodies are not JSON, the last one is returned as it is. */
const BODY_TRIES = 4;
/** The longest wait in milliseconds before the next attempt, unless the server names a time. */
const LONGEST_WAIT = 60_000;
/** While a problem lasts, its notice is repeated after this many milliseconds. */
const REPEAT_NOTICE = 60_000;

/**
 * Returns true for a page of HTML, which a content delivery network or proxy sends in the server's
 * place.
 */
export function isHtml({ headers, body }: Pick<Answer, "headers" | "body">): boolean {
  return typeof body === "string" &&
    (/\bhtml\b/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype|html)/i.test(body));
}

/**
 * Describes the temporary failure that an answer shows; null if it is a real answer of the server.
 *
 * @param broken the number of 2xx answers so far whose body was not JSON, including this one
 */
function troubleOf(answer: Answer, broken: number): string | null {
  const { status, body } = answer;
  if (status === 429) return "too many requests";
  if (status === 408 || status >= 500) return `answered ${status}`;
  if (status === 403 && isHtml(answer)) {
    return "a content delivery network or a firewall answered 403 in its place";
  }
  const good = status >= 200 && status < 300;
  return good && typeof body === "string" && broken < BODY_TRIES ? "the answer is not JSON" : null;
}

/**
 * Creates the client of one server. When `options.signal` is aborted, `get` and `askOnce` throw the
 * reason of the signal.
 */
export function createRest(options: FeedOptions, deps: FeedDeps): Rest {
  const { baseURL, signal } = options;
  const { clock, random } = deps;
  const host = new URL(baseURL).host;
  const http = createHttp({ deps, userAgent: userAgent(options.contact), signal });
  const { client } = new Mastodon(baseURL, options.token, null, http);
  const pace = createPace();
  let reached = false;

  const ask = async (path: string, params: Readonly<Record<string, string>>): Promise<Answer> => {
    const asked = instant(clock);
    const { status, headers, data: body } = await client.get<unknown>(path, params, {
      Accept: "application/json",
    });
    signal.throwIfAborted();
    reached = true;
    pace.note(headers, instant(clock));
    return { status, headers, body, asked };
  };

  return {
    pace,
    async *get(path, params = {}) {
      const backoff = createBackoff({ cap: LONGEST_WAIT, random });
      let told = "", toldAt = 0;
      for (let broken = 0;;) {
        const delay = pace.delay(clock.monotonic());
        if (delay > 5_000) {
          yield [
            notice("info", `${host}: the rate limit is nearly used up, waiting ${duration(delay)}`),
          ];
        }
        if (delay > 0) await sleep(clock, delay, signal);
        signal.throwIfAborted();
        let trouble: string, wait = 0;
        try {
          const answer = await ask(path, params);
          if (typeof answer.body === "string" && answer.status < 300) broken++;
          const found = troubleOf(answer, broken);
          if (found === null) return answer;
          trouble = found;
          if (answer.status === 429 || answer.headers["retry-after"] !== undefined) {
            wait = retryAfter(answer.headers, clock.now()) ?? 0;
          }
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof NetworkError) || error instanceof AnswerTooLong) throw error;
          trouble = error.message;
          if (!reached && backoff.attempts + 1 >= FIRST_TRIES) {
            throw new Failure(
              `${baseURL} cannot be reached (${trouble}): check --baseURL and the network`,
            );
          }
        }
        // If the server names a time, jitter is added to it, so that clients do not all return at
        // once.
        wait += backoff.next();
        const now = clock.monotonic();
        if (trouble !== told || now - toldAt >= REPEAT_NOTICE) {
          yield [notice("warning", `${host}: ${trouble}; trying again in ${duration(wait)}`)];
          told = trouble;
          toldAt = now;
        }
        await sleep(clock, wait, signal);
        signal.throwIfAborted();
      }
    },
    async askOnce(path) {
      const delay = pace.delay(clock.monotonic());
      if (delay > 0) await sleep(clock, delay, signal);
      signal.throwIfAborted();
      try {
        return await ask(path, {});
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof NetworkError)) throw error;
        return null;
      }
    },
    async detect() {
      try {
        return await detector(baseURL, http);
      } catch {
        return null;
      }
    },
  };
}
