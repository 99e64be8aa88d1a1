import assert from "node:assert/strict";
import { startFederation } from "../../simulator/mod.ts";
import { compare, isRight, type Row } from "./compare.ts";

Deno.test("faults: the comparison counts each kind of error once", async () => {
  const federation = await startFederation({ servers: 1, outside: 0 });
  try {
    const [old] = federation.publish(1);
    const posted = federation.publish(8);
    const [deleted, edited, doubled, lost, local] = posted;
    const rows: Row[] = posted
      .filter(({ uri }) => uri !== lost!.uri)
      .map(({ uri, text }) => ({ uri, mastodon_text: text }));
    rows.push(rows.find(({ uri }) => uri === doubled!.uri)!);
    rows.push({ uri: old!.uri, mastodon_text: "anything" }, { uri: null, mastodon_text: null });
    federation.delete(deleted!.uri);
    federation.edit(edited!.uri);
    const truth = federation.truth().map((status) => ({
      ...status,
      localOnly: status.uri === local!.uri,
    }));
    const { examples, ...result } = compare({ truth, rows, before: new Set([old!.uri]) });
    assert.equal(examples.length, 6);
    assert.ok(examples.some((line) => line.startsWith(`lost ${lost!.uri}`)), examples.join());
    assert.deepEqual(result, { alive: 6, inView: 9, lost: 1, doubled: 1, ghosts: 3, stale: 1 });
    assert.equal(isRight({ ...result, examples }), false);
    const all = compare({
      truth: federation.truth(),
      rows: federation.truth().map(({ uri, text }) => ({ uri, mastodon_text: `${text}\n` })),
      before: new Set(),
    });
    assert.equal(isRight(all), true);
  } finally {
    await federation.close();
  }
});
