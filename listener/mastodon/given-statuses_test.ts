import assert from "node:assert/strict";
import { fingerprintOf } from "../toot/fingerprint.ts";
import { openGivenFile } from "./given-file.ts";
import { createGivenStatuses } from "./given-statuses.ts";

const NOON = Date.UTC(2026, 1, 1, 12);

Deno.test("each version of a status is new once, and a deleted status never again", () => {
  const given = createGivenStatuses();
  assert.ok(given.give("1", NOON, 0));
  assert.ok(!given.give("1", NOON, 0));
  assert.ok(given.give("1", NOON, 5));
  assert.ok(!given.give("1", NOON, 4), "an older edition");
  given.delete("1", NOON);
  assert.ok(!given.isNew("1", 9));
  given.delete("2", NOON);
  assert.ok(!given.give("2", NOON, 0), "a delete that came first");
});

Deno.test("an edition with another text or an opt-out is new, even if edited_at says nothing", () => {
  const given = createGivenStatuses();
  const loaf = { content: "<p>Loaf</p>", account: { noindex: false } };
  const [old, bun, no] = [
    fingerprintOf({ ...loaf, content: '<p class="x">Loaf</p>' }),
    fingerprintOf({ ...loaf, content: "<p>Bun</p>" }),
    fingerprintOf({ ...loaf, account: { noindex: true } }),
  ] as const;
  assert.ok(given.give("1", NOON, 0, fingerprintOf(loaf)));
  assert.ok(!given.give("1", NOON, 0, old), "the same text in other tags");
  for (const changed of [bun, no]) assert.ok(given.give("1", NOON, 0, changed));
  assert.ok(given.give("1", NOON, 5, old));
  assert.ok(!given.give("1", NOON, 4, bun), "an older edition");
  assert.ok(!given.isNew("1", 5, old) && given.isNew("1", 5, no));
});

Deno.test("after a restart, an opt-out is new only if the record was open", () => {
  const entry = { at: NOON, edited: 0, deleted: false };
  const outcomes = ["record", "hashed"] as const;
  const given = createGivenStatuses({
    entries: outcomes.map((outcome) => ({ ...entry, id: outcome, outcome })),
  });
  const loaf = { content: "Loaf", account: { note: "<p>Baker</p>" } };
  const optedOut = fingerprintOf({ ...loaf, account: { note: "<p>#nobot</p>" } });
  for (const id of outcomes) assert.ok(!given.isNew(id, 0, fingerprintOf(loaf)), id);
  assert.ok(given.isNew("record", 0, optedOut) && !given.isNew("hashed", 0, optedOut));
});

Deno.test("the memory is bounded; its floor moves up to the newest forgotten status", () => {
  const given = createGivenStatuses({ most: 100 });
  for (let n = 0; n < 1_050; n++) given.give(String(n), NOON + n, 0);
  assert.ok(given.size <= 200);
  assert.equal(given.floor.time, NOON + 900);
  assert.ok(!given.isNew("950", 0));
  // Older statuses are passed on, but do not displace newer ones.
  for (let n = 0; n < 500; n++) assert.ok(given.give(`old${n}`, NOON - 1 - n, 0));
  assert.ok(!given.isNew("1049", 0));
});

Deno.test("the notes about a status are kept in both generations, also among many statuses", () => {
  const given = createGivenStatuses({ most: 1_000 });
  const outcomes = ["pending", "record", "hashed", "left out"] as const;
  for (let n = 0; n < 1_500; n++) {
    given.give(String(n), NOON + n, n);
    if (n % 5 === 0) given.delete(String(n), NOON);
    given.settle(String(n), outcomes[n % 4]!);
    Object.assign(given.find(String(n))!, { asked: n % 7, sweep: n % 3 });
  }
  let count = 0;
  for (const [id, found] of given.entries()) {
    const n = Number(id);
    const { at, edited, outcome, deleted, asked, order, sweep } = found;
    assert.deepEqual(
      { at, edited, outcome, deleted, asked, order, sweep },
      {
        ...{ at: NOON + n, edited: n, outcome: outcomes[n % 4], deleted: n % 5 === 0 },
        ...{ asked: n % 7, order: n, sweep: n % 3 },
      },
    );
    count++;
  }
  assert.equal(count, 1_500);
  assert.equal(given.changes().length, 1_500);
  assert.equal(given.changes().length, 0);
});

async function withFile(test: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/checkpoints/bread.example.given.txt`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const open = (path: string, most?: number) =>
  openGivenFile(path, {
    ...most === undefined ? {} : { most },
    warn: (message) => assert.fail(message),
  });

Deno.test("the next run remembers the saved statuses, and no others", () =>
  withFile((path) => {
    const first = open(path);
    first.begin({ id: "7", time: null }, NOON);
    for (const id of ["8", "9", "10", "11"]) first.given.give(id, NOON, 0);
    first.given.settle("8", "record");
    first.given.settle("9", "hashed");
    first.prepare()?.();
    first.given.give("8", NOON, 3);
    first.given.settle("8", "record");
    first.given.delete("9", NOON);
    first.prepare()?.();
    first.given.settle("10", "left out"); // Not written, because `prepare` is not called again.
    first.close();
    Deno.writeTextFileSync(path, "12 17 half a li", { append: true });

    const { given } = open(path);
    assert.deepEqual(given.origin, { floor: { id: "7", time: null }, at: NOON });
    assert.deepEqual(given.floor, { id: "7", time: null });
    assert.equal(given.size, 2);
    assert.ok(!given.isNew("8", 3) && given.isNew("8", 4));
    assert.deepEqual([given.find("9")?.outcome, given.find("9")?.deleted], ["hashed", true]);
    assert.ok(given.isNew("10", 0) && given.isNew("11", 0));
  }));

Deno.test("the file is rewritten before it grows too large, and contains only ids and times", () =>
  withFile((path) => {
    const file = open(path, 100);
    file.begin({ id: null, time: NOON }, NOON);
    for (let n = 0; n < 40_000; n++) {
      file.given.give(String(n), NOON + n, 0);
      file.given.settle(String(n), "record");
      if (n % 100 === 99) file.prepare()?.();
    }
    const lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
    assert.ok(lines.length < 20_500, `${lines.length} lines`);
    assert.match(lines.at(-1)!, /^39999 \d+ 0 r$/);
    file.close();
    assert.ok(open(path, 100).given.size <= 200);
  }));

Deno.test("an id with blanks is not written, and a file that cannot be written is a warning", () =>
  withFile(async (path) => {
    const file = open(path);
    for (const id of ["a b", "a:b"]) file.given.delete(id, NOON);
    file.prepare()?.();
    file.close();
    assert.equal(open(path).given.size, 1);
    await Deno.mkdir(`${path}.d`);
    const warnings: string[] = [];
    await Deno.writeTextFile(`${path}.x`, "");
    const bad = openGivenFile(`${path}.x/y`.replace(".x/y", ".none/y"), {
      warn: (message) => warnings.push(message),
    });
    await Deno.writeTextFile(`${path}.none`, "in the way");
    for (const id of ["1", "2"]) {
      bad.given.delete(id, NOON);
      bad.prepare()?.();
    }
    assert.equal(warnings.length, 1);
  }));
