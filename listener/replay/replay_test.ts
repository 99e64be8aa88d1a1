import assert from "node:assert/strict";
import type { Collector } from "../collect/collector.ts";
import { accountOf, replay } from "./replay.ts";
import type { ServerEvent } from "../mastodon/event.ts";
import { aStatus } from "../testing/status.ts";
import { createTotals } from "../report/totals.ts";

function readAll(text: string, baseURL: string | null = null) {
  const taken: [baseURL: string, event: ServerEvent][] = [];
  const collector: Collector = {
    full: false,
    take: (from, event) => void taken.push([from, event]),
    room: () => undefined,
    finish: () => Promise.resolve(),
  };
  const totals = createTotals(0);
  const input = new Blob([text]).stream();
  const { signal } = new AbortController();
  const count = replay({ collector, input, baseURL, totals, signal });
  return { count, taken, totals };
}

const status = JSON.stringify(aStatus(1));
const lines = (...lines: string[]) => lines.map((line) => `${line}\n`).join("");

Deno.test("a replay reads statuses and frames, with a payload as text or object", async () => {
  const { count, taken } = readAll(lines(
    status,
    JSON.stringify({ stream: ["public"], event: "update", payload: status }),
    JSON.stringify({ event: "status.update", payload: aStatus(1) }),
    JSON.stringify({ event: "delete", payload: "116000000000000001" }),
  ));
  assert.equal(await count, 4);
  assert.deepEqual(taken.map(([, { kind }]) => kind), ["status", "status", "status", "delete"]);
  for (const [from, event] of taken.slice(0, 3)) {
    assert.equal(from, "https://bread.example");
    assert.ok(event.kind === "status" && event.transport === "replay");
    assert.deepEqual(event.status, aStatus(1));
  }
});

Deno.test("every line is counted, and an unreadable one gets the right reason", async () => {
  const texts = ["", "  ", "{", "[1]", "7", "null", '"x"', ":thump", "\u0000", '{"event":"x"}'];
  texts.push('{"event":"filters_changed"}', '{"event":"update","payload":"{half"}', status);
  const { count, taken, totals } = readAll(lines(...texts));
  assert.equal(await count, texts.length);
  const reasons = taken.flatMap(([, event]) => event.kind === "bad" ? [event.reason] : []);
  assert.equal(accountOf(totals)["other lines"], 4, "blank lines, and events of no status");
  assert.equal(taken.length + 4, texts.length);
  assert.match(reasons[0]!, /^line 3 is not JSON$/);
  assert.match(reasons[1]!, /^line 4 .*/);
  assert.ok(reasons.some((reason) => reason.includes("payload")));
});

Deno.test("a status belongs to the host in its URL, unless a server is given", async () => {
  const homes: [Record<string, unknown>, string][] = [
    [{ uri: "https://Bread.example/users/ada/1" }, "https://bread.example"],
    [{ uri: "tag:bread.example,2017:objectId=1", url: "x" }, "https://bread.example"],
    [{ uri: "http://localhost:3000/users/ada/1" }, "http://localhost:3000"],
    [{ uri: "1", url: "https://bread.example/@ada/1" }, "https://bread.example"],
    [{ uri: null, url: null }, "unknown"],
    [{ uri: `https://${"a.".repeat(5_000)}example/1`, url: null }, "unknown"],
  ];
  const text = lines(...homes.map(([addresses]) => JSON.stringify(aStatus(1, addresses))));
  const unnamed = readAll(text), named = readAll(text, "https://butter.example");
  await Promise.all([unnamed.count, named.count]);
  assert.deepEqual(unnamed.taken.map(([from]) => from), homes.map(([, home]) => home));
  assert.ok(named.taken.every(([from]) => from === "https://butter.example"));
});

Deno.test("ids of old servers keep their digits", async () => {
  const { count, taken } = readAll(status.replace('"116000000000000001"', "116000000000000001"));
  await count;
  const [, event] = taken[0]!;
  assert.ok(event.kind === "status");
  assert.equal((event.status as { id: unknown }).id, "116000000000000001");
});

Deno.test("a replay ends on the signal, even without input", async () => {
  const stopping = new AbortController();
  const { readable } = new TransformStream<Uint8Array, Uint8Array>();
  const count = replay({
    collector: {
      full: false,
      take() {},
      room: () => undefined,
      finish: () => Promise.resolve(),
    },
    input: readable,
    baseURL: null,
    totals: createTotals(0),
    signal: stopping.signal,
  });
  stopping.abort();
  assert.equal(await count, 0);
});
