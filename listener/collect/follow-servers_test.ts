import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { collect, type Source } from "./follow-servers.ts";
import type { Collector } from "./collector.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { told } from "../testing/status.ts";
import { createTotals } from "../report/totals.ts";

function setUp(sources: Source[], changes: Partial<Collector> = {}) {
  const taken: string[] = [], warnings: string[] = [];
  let stopped = 0;
  const totals = createTotals(0);
  const collector: Collector = {
    full: false,
    take: (baseURL) => void taken.push(baseURL),
    room: () => undefined,
    finish: () => Promise.resolve(),
    ...changes,
  };
  const done = collect({
    collector,
    sources,
    totals,
    log: { info() {}, warning: (message) => void warnings.push(message) },
    stop: () => stopped++,
  });
  return { done, taken, warnings, totals, stopped: () => stopped };
}

async function* tells(bursts: number, error?: Error): AsyncGenerator<ServerEvent[]> {
  for (let n = 0; n < bursts; n++) yield await Promise.resolve([told(n), told(n)]);
  if (error !== undefined) throw error;
}

Deno.test("many servers are read at the same time, each to its end", async () => {
  const { done, taken } = setUp([
    { baseURL: "a", events: tells(3) },
    { baseURL: "b", events: tells(1) },
  ]);
  await done;
  assert.deepEqual(taken.toSorted().join(""), "aaaaaabb");
});

Deno.test("a server that fails permanently is reported, and the others continue", async () => {
  const { done, taken, warnings, totals, stopped } = setUp([
    { baseURL: "a", events: tells(0, new Failure("a: the feed is switched off")) },
    { baseURL: "b", events: tells(5) },
  ]);
  await done;
  assert.equal(taken.length, 10);
  assert.deepEqual(warnings, ["a: the feed is switched off"]);
  assert.equal(totals.servers.get("a")!.failure, "a: the feed is switched off");
  assert.equal(stopped(), 0);
});

Deno.test("the run fails if all servers have failed", async () => {
  const { done } = setUp([
    { baseURL: "a", events: tells(0, new Failure("a is no Mastodon")) },
    { baseURL: "b", events: tells(2, new Failure("b refuses the token", { exitCode: 2 })) },
  ]);
  await assert.rejects(done, { message: "b refuses the token", exitCode: 2 });
  const refused = setUp([{ baseURL: "a", events: tells(0, new Failure("a is switched off")) }]);
  await assert.rejects(refused.done, {
    name: "Failure",
    message: "a is switched off",
    exitCode: 3,
  });
});

Deno.test("a bug in one feed ends the run only if no other feed is left", async () => {
  const bug = () => ({ baseURL: "a", events: tells(1, new TypeError("x is undefined")) });
  const beside = setUp([bug(), { baseURL: "b", events: tells(5) }]);
  await beside.done;
  assert.equal(beside.taken.length, 12);
  assert.match(beside.warnings[0]!, /^a: its feed has failed \(x is undefined\)$/);
  assert.equal(beside.stopped(), 0);
  await assert.rejects(setUp([bug()]).done, TypeError);
});

Deno.test("a failing sink ends the feeds of all servers", async () => {
  const full = setUp([{ baseURL: "a", events: tells(3) }], {
    room: () => Promise.reject(new Failure("lake: the disk is full")),
  });
  await assert.rejects(full.done, /the disk is full/);
  assert.equal(full.stopped(), 1);
  assert.equal(full.totals.servers.get("a"), undefined, "and is not the server's");
});
