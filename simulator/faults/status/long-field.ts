/**
 * Addresses and names of a megabyte.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Makes one field of a status long. */
export const longField = alteration(
  "long-field",
  { whose: "own" },
  (json, { field = "uri", length = 1_000_000 }) =>
    editJson(json, (status) => {
      const long = (start: unknown) => String(start).padEnd(length, "u");
      if (field === "username") {
        status.account.username = status.account.acct = long(status.account.username);
      } else if (field === "app") status.application = { name: long("App"), website: null };
      else status[field] = long(status[field] ?? "");
    }),
);
