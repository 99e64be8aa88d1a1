import assert from "node:assert/strict";
import { createFaults } from "./active.ts";
import { FAULT_KINDS, faultProblem } from "./fault.ts";

Deno.test("fault: ends after its time, by the servers' clock", () => {
  let now = 1_000;
  const faults = createFaults(() => now);
  faults.add({ kind: "mute", ms: 500 });
  assert.ok(faults.find("mute"));
  now = 1_499;
  assert.ok(faults.use("mute"));
  now = 1_500;
  assert.equal(faults.find("mute"), undefined);
  assert.equal(faults.list().length, 0);
});

Deno.test("fault: with a share, it skips and does not count the other cases", () => {
  const drawn = [0.1, 0.9, 0.4, 0.2];
  const faults = createFaults(() => 0, { draw: () => drawn.shift()! });
  faults.add({ kind: "hiccup", share: 0.3, count: 2 });
  const happened = [1, 2, 3, 4].map(() => faults.use("hiccup") !== undefined);
  assert.deepEqual(happened, [true, false, false, true]);
  assert.equal(faults.list().length, 0);
});

Deno.test("fault: the software's own stay, and added ones come first", () => {
  const faults = createFaults(() => 0, {
    standing: () => [{ kind: "short-pages", most: 33 }],
  });
  faults.add({ kind: "short-pages", most: 5, count: 1 });
  assert.equal(faults.use("short-pages")?.most, 5);
  assert.equal(faults.use("short-pages")?.most, 33);
  faults.clear();
  assert.equal(faults.find("short-pages")?.most, 33);
  assert.deepEqual(faults.list(), []);
});

Deno.test("fault: an invalid one is refused in one line", () => {
  assert.match(faultProblem({ kind: "gremlins" })!, /gremlins.*close/);
  assert.match(faultProblem({ kind: "slow" })!, /"slow" needs "by"/);
  assert.match(faultProblem("mute")!, /expected a fault/);
  assert.equal(faultProblem({ kind: "date", at: "1970-01-01" }), undefined);
});

Deno.test("fault: every kind has its test, and a line in the README", async () => {
  const here = new URL(".", import.meta.url);
  let tests = "";
  for await (const { name } of Deno.readDir(here)) {
    if (name.endsWith("_test.ts")) tests += await Deno.readTextFile(new URL(name, here));
  }
  const readme = await Deno.readTextFile(new URL("../README.md", here));
  const tested = (kind: string) => new RegExp(`faultTest\\(\\s*"${kind}"`).test(tests);
  assert.deepEqual(FAULT_KINDS.filter((kind) => !tested(kind)), []);
  assert.deepEqual(FAULT_KINDS.filter((kind) => !readme.includes(`\`${kind}\``)), []);
});
