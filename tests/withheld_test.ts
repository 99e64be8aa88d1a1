/**
 * Checks that the listener and the lake withhold the same fields. The listener leaves out some
 * fields of an author who opted out. The views must hide the same fields in the author's earlier
 * records.
 */
import assert from "node:assert/strict";
import { shownColumns } from "../lake/truth/opt-outs.ts";
import { keyedHash } from "../listener/toot/hash.ts";
import { toToot } from "../listener/toot/toot.ts";
import type { Toot } from "../record/record.ts";

const STATUS = {
  id: "116000000000000001",
  uri: "https://bread.example/users/ada/statuses/116000000000000001",
  url: "https://bread.example/@ada/116000000000000001",
  created_at: "2026-02-01T08:30:12.000Z",
  edited_at: "2026-02-01T08:31:13.000Z",
  visibility: "public",
  language: "en",
  content: "<p>Good morning #bread</p>",
  spoiler_text: "breakfast",
  sensitive: true,
  in_reply_to_id: "116000000000000000",
  application: { name: "Web" },
  tags: [{ name: "bread" }],
  media_attachments: [{ description: "a loaf" }],
  favourites_count: 1,
  reblogs_count: 2,
  replies_count: 3,
  account: { acct: "ada", username: "ada", bot: false },
};

function read(note: string): Toot {
  const reading = toToot({ ...STATUS, account: { ...STATUS.account, note } }, {
    baseURL: "https://bread.example",
    transport: "stream",
    observedAt: 1_769_934_701_234,
    consent: "opt-out",
    hashAuthors: false,
    hash: keyedHash(new Uint8Array(32)),
    teller: { host: "bread.example", domain: null, alias: null, software: "Mastodon 4.5.3" },
  });
  assert.equal(reading.kind, "toot");
  return (reading as { toot: Toot }).toot;
}

Deno.test("the views hide each field that the listener leaves out of a withheld record", () => {
  const open = read(""), withheld = read("#nobot");
  assert.equal(withheld.withheld, "#nobot");
  const fields = Object.keys(open) as (keyof Toot)[];
  assert.deepEqual(fields.filter((field) => open[field] === null), ["withheld"], "all are filled");
  const left = fields.filter((field) => String(open[field]) !== String(withheld[field]));
  const shown = shownColumns(fields, "hidden");
  assert.deepEqual(fields.filter((field, i) => shown[i] !== field), left);
});
