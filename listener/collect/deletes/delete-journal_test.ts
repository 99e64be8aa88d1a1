import assert from "node:assert/strict";
import type { Deletion } from "../../../record/record.ts";
import { openDeleteJournal } from "./delete-journal.ts";

async function withPath(test: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    test(`${folder}/checkpoints/x.deletes.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const deletion = (n: number): Deletion => ({
  base_url: "https://bread.example",
  status_id: String(n),
  deleted_at: 1_769_947_200_000 + n,
});

const ids = (path: string) => openDeleteJournal(path).left.map(({ status_id }) => status_id);

Deno.test("deletes that were not durable are still in the journal after a crash", () =>
  withPath((path) => {
    const journal = openDeleteJournal(path);
    assert.deepEqual(journal.left, []);
    for (const n of [1, 2, 3]) journal.add(deletion(n));
    assert.deepEqual(openDeleteJournal(path).left, [1, 2, 3].map(deletion));
    journal.settle(2);
    assert.ok(ids(path).includes("3"));
    journal.settle(1);
    assert.deepEqual(ids(path), []);
    assert.equal(Deno.statSync(path).size, 0);
    journal.add(deletion(4));
    assert.deepEqual(ids(path), ["4"]);
    journal.close();
  }));

Deno.test("deletes of the last run are settled first", () =>
  withPath((path) => {
    const crashed = openDeleteJournal(path);
    crashed.add(deletion(1));
    const journal = openDeleteJournal(path);
    journal.add(deletion(2));
    journal.settle(1);
    assert.ok(ids(path).includes("2"));
    journal.settle(1);
    assert.deepEqual(ids(path), []);
    journal.close();
    crashed.close();
  }));

Deno.test("a line that a crash truncated does not affect other lines", () =>
  withPath((path) => {
    const journal = openDeleteJournal(path);
    journal.add(deletion(1));
    journal.close();
    Deno.writeTextFileSync(path, '{"base_url":"https://bread.ex', { append: true });
    const next = openDeleteJournal(path);
    next.add(deletion(2));
    assert.deepEqual(ids(path), ["1", "2"]);
    next.close();
  }));

Deno.test("the journal stays small even if some deletes are always open", () =>
  withPath((path) => {
    const journal = openDeleteJournal(path);
    for (let n = 0; n < 40_000; n++) {
      journal.add(deletion(n));
      if (n > 0) journal.settle(1);
    }
    assert.ok(Deno.statSync(path).size < 2 ** 21);
    assert.deepEqual(ids(path).at(-1), "39999");
    journal.close();
  }));
