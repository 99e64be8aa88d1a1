import assert from "node:assert/strict";
import { writeSql } from "../../lake/testing/toots.ts";
import { rawPath } from "../../lake/store/layout.ts";
import { START, withLake } from "../testing/lake.ts";
import { live } from "./live.ts";
import { openSnapshots } from "./snapshot.ts";

const NOW = START + 3_600_000;

Deno.test("the rate, the lag, and which servers are covered now", () =>
  withLake(
    [
      { time: NOW - 30_000, observed: NOW - 28_000 },
      { time: NOW - 600_000, observed: NOW - 596_000 },
      { time: NOW - 7_200_000, observed: NOW - 7_100_000 },
      // The times of withheld toots are cut to the hour.
      ...Array.from({ length: 8 }, () => ({ time: NOW, observed: NOW, withheld: "noindex" })),
    ],
    async (location) => {
      await writeSql(
        location,
        rawPath({ topic: "mastodon-coverage-topic", partition: 0, offset: 0n }),
        `select base_url, 'local' as timeline, epoch_ms(${NOW} + a)::TIMESTAMPTZ as "from",
          epoch_ms(${NOW} + b)::TIMESTAMPTZ as until, 'stream' as transport, outcome,
          0 as statuses, cause
        from (values
          ('https://a.example', -120000, -60000, 'covered', null),
          ('https://b.example', -120000, -60000, 'covered', null),
          ('https://b.example', -60000, -10000, 'lost', 'closed 1006'),
          ('https://c.example', -9000000, -8000000, 'covered', null)
        ) as t(base_url, a, b, outcome, cause)`,
      );
      const snapshots = await openSnapshots({ location });
      try {
        const { servers, ...rest } = await live(snapshots, NOW);
        assert.deepEqual(rest, {
          lastMinute: 1,
          lastHour: 2,
          lag: 3_000,
          lastObserved: NOW,
        });
        assert.deepEqual(
          servers.map(({ server, covered, cause }) => [server, covered, cause]),
          [
            ["a.example", true, null],
            ["b.example", false, "closed 1006"],
            ["c.example", false, null],
          ],
        );
      } finally {
        await snapshots.close();
      }
    },
  ));
