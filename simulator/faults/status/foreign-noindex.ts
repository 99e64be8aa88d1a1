/**
 * A server that claims opt-outs of other servers' people. `noindex` is not federated, so no other
 * server can know it.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Sets `noindex` on copies. */
export const foreignNoindex = alteration(
  "foreign-noindex",
  { whose: "foreign" },
  (json) => editJson(json, (status) => status.account.noindex = true),
);
