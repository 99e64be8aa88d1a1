/**
 * A server that claims opt-outs of other servers' people. `noindex` is not federated, so a server
 * can know it only about its own people.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Sets `noindex` on the authors of other servers' statuses. */
export const foreignNoindex = alteration(
  "foreign-noindex",
  { whose: "foreign" },
  (json) => editJson(json, (status) => status.account.noindex = true),
);
