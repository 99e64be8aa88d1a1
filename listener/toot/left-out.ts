/**
 * Decides which statuses make no record: boosts, and statuses that were not meant for everybody.
 *
 * @module
 */
import { type Fields, isFields, no, yes } from "./fields.ts";

/** The reason why a status is left out. */
export type LeftOut = "boost" | "visibility";

/**
 * Returns true if the field `reblog` contains a boosted status. In statuses that are not boosts,
 * some servers send an empty object.
 */
function isBoost(reblog: unknown): boolean {
  return isFields(reblog) && Object.values(reblog).some(saysSomething);
}

function saysSomething(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : !!value;
}

/**
 * Returns true if the status was not meant to leave its server. Such statuses exist in glitch-soc,
 * Hometown, GoToSocial, and Misskey and its forks. Some software puts fields that Mastodon does not
 * have into an object that is named after the software. That object has no `id`, unlike accounts
 * and other statuses.
 */
function isLocalOnly(status: Fields): boolean {
  return saysLocalOnly(status) ||
    Object.values(status).some((part) => isFields(part) && !("id" in part) && saysLocalOnly(part));
}

function saysLocalOnly({ local_only, localOnly, federated, federate }: Fields): boolean {
  return yes(local_only) || yes(localOnly) || no(federated) || no(federate);
}

/**
 * Returns why a status is left out; null if it becomes a record.
 *
 * @example
 * ```ts
 * import { whyLeftOut } from "./left-out.ts";
 *
 * if (whyLeftOut({ visibility: "public" }) !== null) throw new Error();
 * if (whyLeftOut({ visibility: "public", local_only: "true" }) !== "visibility") throw new Error();
 * ```
 */
export function whyLeftOut(status: Fields): LeftOut | null {
  if (isBoost(status["reblog"])) return "boost";
  const isShown = status["visibility"] === "public" || status["visibility"] === "unlisted";
  return isShown && !isLocalOnly(status) ? null : "visibility";
}
