/**
 * Questions to one server, asked politely and until they are answered.
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
import { createBackoff } from "../backoff.ts";
import { sleep } from "../../../common/clock.ts";
import type { ServerEvent } from "../event.ts";
import { createHttp, NetworkError } from "./http.ts";
import { duration, notice } from "../notice.ts";
import type { FeedDeps, FeedOptions } from "../feed-options.ts";
import { createPace, type Headers, retryAfter } from "./rate-limit.ts";
import { userAgent } from "./user-agent.ts";

/** An answer that is not a server's trouble of the moment. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The parsed JSON; text where it is none. */
  readonly body: unknown;
}

/** Asks one server. */
export interface Rest {
  /**
   * Asks until there is an answer: waits for the allowance, tries again after
   * network errors, 429 and 5xx, and gives notices meanwhile.
   *
   * @throws {Failure} where the server could never be reached
   */
  get(
    path: string,
    params?: Readonly<Record<string, string>>,
  ): AsyncGenerator<ServerEvent[], Answer, undefined>;
  /** Asks once, and only if nothing has to be waited for; null where there is no answer. */
  glance(path: string, params: Readonly<Record<string, string>>): Promise<Answer | null>;
  /** The kind of software by nodeinfo, or null. Never throws. */
  detect(): Promise<string | null>;
}

/** So often a server that never answered is tried before that is a failure. */
const FIRST_TRIES = 6;
/** So often a broken body of a good status is asked for again before it is given as it is. */
const BODY_TRIES = 4;

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
    const { status, headers, data: body } = await client.get<unknown>(path, params, {
      Accept: "application/json",
    });
    signal.throwIfAborted();
    reached = true;
    pace.note(headers, clock.now());
    return { status, headers, body };
  };

  return {
    async *get(path, params = {}) {
      const backoff = createBackoff({ random });
      for (let broken = 0;;) {
        const delay = pace.delay(clock.now());
        if (delay > 5_000) {
          yield [notice("info", `${host}: the allowance is low, waiting ${duration(delay)}`)];
        }
        if (delay > 0) await sleep(clock, delay, signal);
        signal.throwIfAborted();
        let trouble: string, wait: number | null = null;
        try {
          const answer = await ask(path, params);
          const { status, headers, body } = answer;
          const good = status >= 200 && status < 300;
          if (good && typeof body === "string" && ++broken < BODY_TRIES) {
            trouble = "the answer is no JSON";
          } else if (status === 429 || status === 408 || status >= 500) {
            trouble = status === 429 ? "too many requests" : `answered ${status}`;
            const named = status === 429 || headers["retry-after"] !== undefined;
            wait = named ? retryAfter(headers, clock.now()) : null;
          } else {
            return answer;
          }
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof NetworkError)) throw error;
          trouble = error.message;
          if (!reached && backoff.attempts + 1 >= FIRST_TRIES) {
            throw new Failure(
              `${baseURL} cannot be reached (${trouble}): check --baseURL and the network`,
            );
          }
        }
        // Jitter on top of a time the server names, so that not all come back at once.
        wait = (wait ?? 0) + backoff.next();
        yield [notice("warning", `${host}: ${trouble}; asking again in ${duration(wait)}`)];
        await sleep(clock, wait, signal);
        signal.throwIfAborted();
      }
    },
    async glance(path, params) {
      if (pace.delay(clock.now()) > 0) return null;
      try {
        return await ask(path, params);
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
