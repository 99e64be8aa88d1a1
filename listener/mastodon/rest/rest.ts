/**
 * Requests to one server, made politely and repeated until they are answered.
 *
 * Through `npm:megalodon`, though not through its methods such as
 * `getPublicTimeline`: those copy a fixed list of fields into entities of their
 * own. For Mastodon that loses what it does not list (and turns a visibility it
 * does not know into undefined), for Pleroma, GoToSocial and Pixelfed also the
 * account's `indexable` and more, for Firefish they ask another API altogether.
 * Consent hangs on those fields, so the JSON has to stay as it came:
 * `Mastodon.client.get` of the same library gives it, with status and headers,
 * puts the token into the Authorization header, and asks the API that all of
 * these servers share. Its User-Agent argument only reaches its streaming, so
 * that is set in `http.ts`. Its streaming is not used: a close 1000 ends it for
 * good, a 401 is retried for ever, and the token goes into the URL.
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

/** An answer that is not a temporary failure of the server. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The parsed JSON, or text if it is not JSON. */
  readonly body: unknown;
  /** When the request was sent, by both clocks. */
  readonly asked: Instant;
}

/** A moment by both clocks. */
export interface Instant {
  /** Milliseconds since 1970. */
  readonly wall: number;
  readonly monotonic: number;
}

/** Now, by both clocks. */
export function instant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Sends requests to one server. */
export interface Rest {
  /**
   * Asks until there is an answer: waits for the allowance, tries again after
   * network errors, 429, 5xx and pages of a content delivery network, and gives
   * notices meanwhile.
   *
   * @throws {Failure} if the server could never be reached
   * @throws {AnswerTooLong} if the answer is longer than the limit
   */
  get(
    path: string,
    params?: Readonly<Record<string, string>>,
  ): AsyncGenerator<ServerEvent[], Answer, undefined>;
  /** Sends one request as soon as the allowance permits; null if there is no answer. */
  askOnce(path: string): Promise<Answer | null>;
  /** The software's name from nodeinfo, or null. Never throws. */
  detect(): Promise<string | null>;
  readonly pace: Pace;
}

/** After this many attempts, a server that never answered counts as unreachable. */
const FIRST_TRIES = 6;
/** After this many attempts, an answer with status 200 and a broken body is returned as it is. */
const BODY_TRIES = 4;
/** The longest wait for a failing server that names no time, in milliseconds. */
const LONGEST_WAIT = 60_000;
/** The notice of a lasting problem is repeated after this many milliseconds. */
const REPEAT_NOTICE = 60_000;

/** True for a page of HTML, as content delivery networks and proxies answer in a server's place. */
export function isHtml({ headers, body }: Pick<Answer, "headers" | "body">): boolean {
  return typeof body === "string" &&
    (/\bhtml\b/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype|html)/i.test(body));
}

/** The temporary failure that an answer shows; null if it is the server's own answer. */
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

/** Makes the way to ask a server. Its generators end with an `AbortError` when aborted. */
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
        // Jitter is added to a time that the server names, so that clients do not all return at
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
