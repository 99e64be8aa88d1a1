/**
 * The message when a server refuses a request: which server, why, and what to do. The message is
 * chosen by the HTTP status, because the server's own message may be in any language.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import type { FeedOptions } from "./feed-options.ts";
import type { Headers } from "./rest/rate-limit.ts";
import { tokenName } from "./token-name.ts";

/** The settings of the request that was refused. */
export type Asked = Pick<FeedOptions, "baseURL" | "token" | "federated">;

/** Returns the name of the timeline that was requested. */
export function timelineName({ federated }: Pick<FeedOptions, "federated">): string {
  return federated ? "federated timeline" : "local timeline";
}

/** Quotes the server's own message, made safe for a line on a terminal. */
function quote(said: unknown): string {
  const text = typeof said === "string"
    // deno-lint-ignore no-control-regex
    ? said.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim().slice(0, 160)
    : "";
  return text === "" ? "" : `, "${text}"`;
}

/**
 * Creates the failure for an answer that a retry would not change. The answer may be to a request
 * for the timeline or for the stream.
 *
 * @param what `timeline` or `stream`
 * @param answer its HTTP status (null if unknown), its headers, and the server's message `said`
 */
export function refusal(
  asked: Asked,
  what: "timeline" | "stream",
  answer: { status: number | null; headers?: Headers; said?: unknown },
): Failure {
  const { baseURL, token } = asked;
  const { host } = new URL(baseURL);
  const { status, headers = {} } = answer;
  const because = `(${status ?? "no status"}${quote(answer.said)})`;
  const name = what === "stream" ? `stream of its ${timelineName(asked)}` : timelineName(asked);
  const make = `one with the scope read:statuses at ${baseURL}/settings/applications`;
  if (status === 401 || status === 403 || status === 422) {
    if (token === null) {
      return new Failure(
        `${host} shows its ${name} only to people with an account there ${because}: ` +
          `make a token, ${make}, and give it as ${tokenName(baseURL)} or --token`,
      );
    }
    return new Failure(
      status === 403
        ? `${host} does not let this token read its ${name} ${because}: make another ${make}`
        : `${host} does not accept the token for its ${name} ${because}: make another ${make}`,
    );
  }
  const location = headers["location"];
  if (status !== null && status >= 300 && status < 400 && location && URL.canParse(location)) {
    const { origin } = new URL(location);
    return new Failure(`${host} has moved ${because}: give --baseURL ${origin}`);
  }
  return new Failure(
    `${host} does not answer as a Mastodon-compatible server ${because} ` +
      `when asked for its ${name}: check --baseURL ${baseURL}`,
  );
}

/** Creates the failure for a timeline that the server has switched off. */
export function switchedOff(asked: Asked): Failure {
  const { host } = new URL(asked.baseURL);
  return new Failure(
    `${host} has switched its ${timelineName(asked)} off (timelines_access: disabled): ` +
      `listen to another server${
        asked.federated ? "" : ", or to the federated timeline (--public)"
      }`,
  );
}
