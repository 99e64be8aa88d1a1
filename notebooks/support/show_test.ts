import assert from "node:assert/strict";
import { appLandscape } from "./charts/app-landscape.ts";
import { showing } from "./show.ts";
import { tableOf } from "./table.ts";

// deno-lint-ignore no-control-regex
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f]/;

Deno.test("no control character and no mark of direction reaches a page or a terminal", async () => {
  const app = "A\u001b[31mX\u202eB\u009b\u200b\u2066\r";
  const shown: Record<string, string>[] = [];
  const show = showing(null, (bundle) => Promise.resolve(void shown.push(bundle)));
  await show.chart(appLandscape([{ app, toots: 3 }]));
  await show.table([{ app, [app]: 1 }], app);
  await show.say(`${app} leads.`);
  await show.sql(app, `select '${app}';\nselect 2;`);
  assert.equal(shown.length, 4);
  for (const bundle of shown) {
    for (const [type, text] of Object.entries(bundle)) assert.doesNotMatch(text, UNSEEN, type);
  }
  assert.match(shown[3]!["text/plain"]!, /;\nselect 2;$/, "line breaks stay");
  const { text, html } = tableOf([{ app }], "Apps");
  assert.doesNotMatch(text + html, UNSEEN);
});
