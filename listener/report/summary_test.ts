import assert from "node:assert/strict";
import { startProgress } from "./progress.ts";
import { statusText, totalsTable } from "./summary.ts";
import { createFakeClock } from "../../common/testing/fake-clock.ts";
import { createTotals, serverTotals } from "./totals.ts";

Deno.test("the summary has one line per server, the busiest first, then the rest and the sum", () => {
  const totals = createTotals(0);
  for (let n = 1; n <= 20; n++) serverTotals(totals, `https://s${n}.example`).toots = n * 100;
  Object.assign(serverTotals(totals, "https://s20.example"), { boosts: 7, failure: "gone" });
  const lines = totalsTable(totals).split("\n");
  assert.equal(lines.length, 15);
  assert.match(lines[0]!, /^server +toots +boosts$/);
  assert.match(lines[1]!, /^s20\.example \(failed\) +2,000 +7$/);
  assert.match(lines[13]!, /^8 more +3,600 +0$/);
  assert.match(lines[14]!, /^all +21,000 +7$/);
});

Deno.test("the summary of one server has no sum", () => {
  const totals = createTotals(0);
  serverTotals(totals, "https://bread.example").toots = 1;
  assert.equal(totalsTable(totals), "server         toots\nbread.example      1");
});

Deno.test("the status line shows everything in one line", () => {
  const totals = createTotals(0);
  Object.assign(serverTotals(totals, "https://bread.example"), {
    ...{ toots: 12_345, gaps: 1, filled: 678, duplicates: 2, withheld: 34, deadLetters: 1 },
  });
  assert.equal(
    statusText(totals, 1234.5),
    "1,235 toots/s, 12,345 toots from 1 server, 1 gap (678 filled), 2 duplicates, 34 withheld, " +
      "1 dead letter",
  );
});

Deno.test("on a terminal the line is renewed each second, elsewhere one is written each 30", () => {
  for (const live of [true, false]) {
    const clock = createFakeClock();
    const totals = createTotals(clock.now());
    const server = serverTotals(totals, "https://bread.example");
    const shown: string[] = [], said: string[] = [];
    const end = startProgress({
      totals,
      screen: {
        live,
        print: () => Promise.resolve(),
        say() {},
        status: (line) => shown.push(line),
      },
      log: { info: (message) => said.push(message), warning() {} },
      columns: () => 30,
      clock,
    });
    server.toots = 60;
    clock.advance(60_000);
    end();
    clock.advance(60_000);
    if (live) {
      assert.equal(shown.length, 61);
      assert.equal(shown[0], "60.0 toots/s, 60 toots from 1 ".slice(0, 29), "one line only");
      assert.equal(shown.at(-1), "");
    } else {
      assert.equal(said.length, 2);
      assert.match(said[0]!, /^2\.0 toots\/s/);
      assert.match(said[1]!, /^0\.0 toots\/s/);
    }
  }
});
