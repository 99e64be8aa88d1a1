import assert from "node:assert/strict";
import { type FederationOptions, startFederation } from "./mod.ts";
import { opened } from "./testing/plain-reader.ts";

/** Returns all statuses that a server shows, newest first. */
async function shown(baseURL: string): Promise<{ id: string; uri: string; content: string }[]> {
  const statuses = [];
  for (let older = "";;) {
    const response = await fetch(`${baseURL}/api/v1/timelines/public?limit=40${older}`);
    const page = await response.json();
    if (page.length === 0) return statuses;
    statuses.push(...page);
    older = `&max_id=${page.at(-1).id}`;
  }
}

Deno.test("federation: every status is on a server, and on its home server if it has one", () =>
  opened({ servers: 2, federates: 0, outside: 0.5 }, (federation) => {
    const posted = federation.publish(200);
    assert.ok(posted.some(({ home }) => home === null));
    for (const { ids, home } of posted) {
      assert.equal(Object.keys(ids).length, 1);
      if (home !== null) assert.ok(home in ids);
    }
    return Promise.resolve();
  }));

Deno.test("federation: after edits and deletes the servers show the truth", () =>
  opened({ edits: 0.3, deletes: 0.2, rateLimit: Infinity }, async (federation) => {
    federation.step(300);
    const truth = federation.truth();
    assert.ok(truth.length < 280 && truth.length > 150);
    assert.equal(truth.length + federation.deleted().length, 300);
    assert.ok(truth.filter(({ editedAt }) => editedAt !== null).length > 30);
    for (const { baseURL } of federation.servers) {
      const here = truth.filter(({ ids }) => baseURL in ids).reverse();
      assert.deepEqual(
        (await shown(baseURL)).map(({ id, uri, content }) => ({ id, uri, content })),
        here.map(({ ids, uri, content }) => ({ id: ids[baseURL], uri, content })),
      );
    }
  }));

Deno.test("federation: a late status that was deleted before never arrives", () =>
  opened({ servers: 2, federates: 1, outside: 0 }, async (federation) => {
    const [server] = federation.servers;
    await federation.fault(0, { kind: "late", held: 2, count: 1 });
    const [late] = federation.publish(1, { home: 1 });
    assert.equal(late!.ids[server!.baseURL], undefined);
    federation.delete(late!.uri);
    federation.publish(3);
    assert.equal((await shown(server!.baseURL)).length, 3);
    assert.ok(federation.deleted().every(({ ids }) => !(server!.baseURL in ids)));
  }));

Deno.test("federation: remembers the configured number of posts, and pages through exactly those", () =>
  opened({ servers: 1, outside: 0, keep: 1_000, rateLimit: Infinity }, async (federation) => {
    const { baseURL } = federation.servers[0]!;
    const [first] = federation.publish();
    federation.publish(5_000);
    const truth = federation.truth();
    assert.ok(truth.length >= 1_000 && truth.length <= 1_250);
    assert.deepEqual(
      (await shown(baseURL)).map(({ uri }) => uri),
      truth.map(({ uri }) => uri).reverse(),
    );
    assert.equal(federation.delete(first!.uri), undefined);
  }));

Deno.test("federation: impossible options are refused", async () => {
  const wrong: FederationOptions[] = [{ servers: 0 }, { servers: 17 }, { port: 65_535 }, {
    accounts: 60_000,
  }];
  for (const options of wrong) await assert.rejects(startFederation(options), RangeError);
  const taken = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = taken.addr as Deno.NetAddr;
  await assert.rejects(startFederation({ port, servers: 1 }), /address already in use/i);
  taken.close();
});
