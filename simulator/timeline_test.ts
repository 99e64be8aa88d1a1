import assert from "node:assert/strict";
import fc from "fast-check";
import { type Federation, startFederation } from "./mod.ts";

fc.configureGlobal({ seed: 1 });

const NOW = Date.parse("2026-11-20T18:00:00Z");

interface Shown {
  id: string;
  uri: string;
  media_attachments: unknown[];
}

async function get(server: { baseURL: string; token: string }, query: string): Promise<{
  page: Shown[];
  link: string | null;
}> {
  const response = await fetch(`${server.baseURL}/api/v1/timelines/public?${query}`, {
    headers: { Authorization: `Bearer ${server.token}` },
  });
  assert.equal(response.status, 200);
  return { page: await response.json(), link: response.headers.get("link") };
}

/** Returns the ids of the statuses that the server has according to the truth, newest first. */
function having(
  federation: Federation,
  server: number,
  only: (truth: {
    home: string | null;
    media: number;
  }) => boolean,
): string[] {
  const { baseURL } = federation.servers[server]!;
  return federation.truth().filter((truth) => baseURL in truth.ids && only(truth))
    .map(({ ids }) => ids[baseURL]!)
    .toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1));
}

Deno.test("timeline: each query returns exactly the statuses in its range of ids", async () => {
  const federation = await startFederation({
    clock: () => NOW,
    history: 6 * 3_600_000,
    perDay: 1_600,
    rateLimit: Infinity,
  });
  try {
    for (let i = 0; i < 30; i++) federation.delete();
    const server = federation.servers[0]!;
    const scopes = {
      "": having(federation, 0, () => true),
      "local=true": having(federation, 0, ({ home }) => home === server.baseURL),
      "remote=true": having(federation, 0, ({ home }) => home !== server.baseURL),
      "only_media=true": having(federation, 0, ({ media }) => media > 0),
    };
    for (const ids of Object.values(scopes)) assert.ok(ids.length > 40);
    const all = scopes[""];
    const id = fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: 0, max: all.length - 1 }).map((at) => all[at]!),
      // Ids between two existing ids, and beyond both ends.
      fc.integer({ min: 0, max: all.length - 1 }).map((at) => String(BigInt(all[at]!) + 3n)),
      fc.constantFrom("0", "999999999999999999999"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(scopes) as (keyof typeof scopes)[]),
        fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
        id,
        id,
        id,
        async (scope, limit, max, since, min) => {
          const query = new URLSearchParams(scope);
          if (limit !== undefined) query.set("limit", String(limit));
          if (max) query.set("max_id", max);
          if (since) query.set("since_id", since);
          if (min) query.set("min_id", min);
          const { page } = await get(server, query.toString());

          const size = Math.min(40, limit ?? 20);
          const above = min ?? since;
          const window = scopes[scope].filter((id) =>
            (!max || BigInt(id) < BigInt(max)) && (!above || BigInt(id) > BigInt(above))
          );
          const expected = min
            ? window.slice(Math.max(0, window.length - size))
            : window.slice(0, size);
          assert.deepEqual(page.map(({ id }) => id), expected);
        },
      ),
      { numRuns: 300 },
    );
  } finally {
    await federation.close();
  }
});

Deno.test("timeline: Link next leads through all pages, and prev leads back", async () => {
  const federation = await startFederation({ clock: () => NOW, history: 3_600_000 });
  try {
    const server = federation.servers[1]!;
    const expected = having(federation, 1, () => true);
    const seen: string[] = [];
    let { page, link } = await get(server, "limit=17");
    while (page.length > 0) {
      seen.push(...page.map(({ id }) => id));
      const next = link!.match(/<([^>]*)>; rel="next"/)![1]!;
      assert.match(next, /limit=17/);
      ({ page, link } = await get(server, new URL(next).search.slice(1)));
    }
    assert.equal(link, null);
    assert.deepEqual(seen, expected);

    const second = await get(server, `limit=5&max_id=${seen[4]}`);
    const prev = second.link!.match(/<([^>]*)>; rel="prev"/)![1]!;
    const first = await get(server, new URL(prev).search.slice(1));
    assert.deepEqual(first.page.map(({ id }) => id), expected.slice(0, 5));
  } finally {
    await federation.close();
  }
});
