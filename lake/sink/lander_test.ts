import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { RowFile } from "../write/row-file.ts";
import type { DeadLetter } from "./dead-letters.ts";
import {
  type ConsumedMessage,
  createLander,
  type Lander,
  type LanderOptions,
  type Landing,
  type TopicPartition,
} from "./lander.ts";

fc.configureGlobal({ seed: 1 });

const toots: TopicPartition = { topic: "toots", partition: 0 };

/**
 * Makes the messages of a topic. `x` is a message that cannot be read, `-` is a tombstone, and
 * everything else is a row.
 */
function messages(texts: string[], from = 0): ConsumedMessage[] {
  return texts.map((text, i) => ({
    offset: String(from + i),
    key: null,
    value: text === "-" ? null : Buffer.from(text),
  }));
}

/**
 * The state that survives a crash: the files by first offset, the group's offsets, and the dead
 * letters.
 */
function world() {
  const files = new Map<string, string[]>();
  const committed = new Map<string, number>();
  const letters: DeadLetter[] = [];
  /** Called before each step that can fail or be late. */
  let before: (step: "publish" | "commit" | "deadLetter") => Promise<void> | void = () => {};
  let now = 0;
  let released = 0;
  let discarded = 0;
  const log: string[] = [];

  function landing({ topic, partition }: TopicPartition): Landing {
    const name = (offset: bigint) => `${topic}+${partition}+${offset}`;
    return {
      decoder: {
        learn: () => Promise.resolve(),
        decode: (value) => {
          const text = value.toString();
          return text === "x" ? { unreadable: "it is an x" } : { row: { text } };
        },
      },
      start() {
        const rows: string[] = [];
        const file: RowFile & { texts: string[] } = {
          texts: rows,
          get rows() {
            return rows.length;
          },
          get bytes() {
            return rows.length * 10;
          },
          append: (more) => void rows.push(...more.map((row) => (row as { text: string }).text)),
          writeTo: () => Promise.resolve(),
          discard: () => Promise.resolve(void discarded++),
        };
        return Promise.resolve(file);
      },
      existing(offset, head) {
        const there = files.get(name(offset));
        if (there !== undefined) assert.equal(there[0], (head as { text: string }).text);
        return Promise.resolve(there?.length ?? 0);
      },
      async publish(rows, offset, still) {
        await before("publish");
        if (!still()) return null;
        const texts = [...(rows as unknown as { texts: string[] }).texts];
        const there = files.get(name(offset)) ?? [];
        assert.ok(texts.length >= there.length, "a shorter file has replaced a longer one");
        files.set(name(offset), texts);
        log.push(`file ${name(offset)} ${texts.length}`);
        return name(offset);
      },
      release: () => void released++,
    };
  }

  function lander(options: Partial<LanderOptions> = {}): Lander {
    return createLander({
      open: (place) => Promise.resolve(landing(place)),
      async commit({ topic, partition }, offset) {
        await before("commit");
        committed.set(`${topic}/${partition}`, Number(offset));
        log.push(`commit ${topic}/${partition} ${offset}`);
      },
      async deadLetter(letter) {
        await before("deadLetter");
        letters.push(letter);
      },
      rows: 3,
      bytes: 1_000_000,
      total: 1_000_000,
      age: 60_000,
      now: () => now,
      onFile: () => {},
      ...options,
    });
  }

  return {
    files,
    committed,
    letters,
    log,
    lander,
    rows: () => [...files.values()].flat(),
    get released() {
      return released;
    },
    get discarded() {
      return discarded;
    },
    wait: (milliseconds: number) => now += milliseconds,
    onStep: (step: typeof before) => before = step,
  };
}

Deno.test("a file is named after its first offset, which is committed after the file is written", async () => {
  const { lander, log, files } = world();
  const { take, flush, totals } = lander();
  await take(toots, messages(["a", "b", "c", "d"]));
  assert.deepEqual(log, ["file toots+0+0 3", "commit toots/0 3"]);
  await take(toots, messages(["e"], 4));
  await flush(true);
  assert.deepEqual(files.get("toots+0+3"), ["d", "e"]);
  assert.deepEqual(log.slice(2), ["file toots+0+3 2", "commit toots/0 5"]);
  assert.equal(totals.rows, 5);
  assert.equal(totals.files, 2);
});

Deno.test("a quiet topic is written when its oldest row is old enough", async () => {
  const { lander, log, wait } = world();
  const { take, flush } = lander();
  await take(toots, messages(["a"]));
  wait(59_999);
  await flush();
  assert.deepEqual(log, []);
  wait(1);
  await flush();
  assert.deepEqual(log, ["file toots+0+0 1", "commit toots/0 1"]);
  await flush();
  assert.equal(log.length, 2);
});

Deno.test("unreadable messages and tombstones are skipped, and no file is named after one", async () => {
  const { lander, log, letters } = world();
  const { take, flush, totals } = lander();
  await take(toots, messages(["x", "-", "a", "x", "b"]));
  await flush(true);
  assert.deepEqual(log, ["file toots+0+2 2", "commit toots/0 5"]);
  assert.deepEqual(letters.map(({ offset, reason }) => [offset, reason]), [
    ["0", "it is an x"],
    ["3", "it is an x"],
  ]);
  assert.deepEqual([totals.unreadable, totals.tombstones], [2, 1]);
  await take(toots, messages(["x", "-"], 5));
  await flush(true);
  assert.deepEqual(
    log.slice(2),
    ["commit toots/0 7"],
    "an unreadable message alone moves the offset too",
  );
});

Deno.test("an offset is not committed before its unreadable message is stored", async () => {
  const { lander, committed, letters, onStep } = world();
  const { take, flush } = lander();
  const burying = Promise.withResolvers<void>();
  onStep((step) => step === "deadLetter" ? burying.promise : undefined);
  const taking = take(toots, messages(["a", "x", "b"]));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await flush(true);
  assert.equal(committed.get("toots/0"), 1);
  burying.resolve();
  await taking;
  await flush(true);
  assert.equal(committed.get("toots/0"), 3);
  assert.equal(letters.length, 1);
});

Deno.test("after a crash between file and commit, the same file is written again", async () => {
  const { lander, files, onStep, rows, log } = world();
  const first = lander();
  onStep((step) => step === "commit" ? Promise.reject(new Error("killed")) : undefined);
  await assert.rejects(first.take(toots, messages(["a", "b", "c", "d"])), /killed/);
  onStep(() => {});
  const second = lander({ age: 0 });
  // The new file has reached the maximum age, but the existing file has more rows. So the new file
  // must wait.
  await second.take(toots, messages(["a"]));
  await second.flush();
  assert.deepEqual(files.get("toots+0+0"), ["a", "b", "c"]);
  await second.take(toots, messages(["b", "c", "d"], 1));
  await second.flush();
  assert.deepEqual(rows().sort(), ["a", "b", "c", "d"]);
  assert.equal(log.at(-1), "commit toots/0 4");
});

Deno.test("rows of a lost partition are dropped, and their file is not written late", async () => {
  const { lander, files, committed, onStep } = world();
  const publishing = Promise.withResolvers<void>();
  onStep((step) => step === "publish" ? publishing.promise : undefined);
  const old = lander();
  const taking = old.take(toots, messages(["a", "b", "c"]));
  await new Promise((resolve) => setTimeout(resolve, 0));
  old.reset();
  publishing.resolve();
  await taking;
  assert.equal(files.size, 0);
  assert.equal(committed.size, 0);

  onStep(() => {});
  await old.take(toots, messages(["a"]));
  old.reset();
  await old.flush(true);
  assert.equal(files.size, 0, "nothing of before is written later");
});

Deno.test("a reset drops all rows and partitions", async () => {
  const made = world();
  const lander = made.lander();
  await lander.take(toots, messages(["a"]));
  await lander.take({ topic: "deletes", partition: 0 }, messages(["-"]));
  lander.reset();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(made.released, 2);
  assert.equal(made.discarded, 1);
});

Deno.test("a message that is delivered again in the same membership is stored once", async () => {
  const { lander, rows } = world();
  const { take, flush } = lander();
  await take(toots, messages(["a", "b"]));
  await take(toots, messages(["a", "b", "c", "d"]));
  await flush(true);
  assert.deepEqual(rows(), ["a", "b", "c", "d"]);
});

Deno.test("if a file cannot be written, no later offset is committed", async () => {
  const { lander, committed, onStep } = world();
  const { take, flush } = lander();
  let publishes = 0;
  onStep((step) => {
    if (step === "publish" && publishes++ === 0) throw new Error("disk full");
  });
  await assert.rejects(take(toots, messages(["a", "b", "c"])), /disk full/);
  await assert.rejects(take(toots, messages(["d", "e", "f"], 3)), /failed before/);
  await assert.rejects(flush(true), /failed before/);
  assert.equal(committed.size, 0);
});

Deno.test("many partitions together stay within the memory limit", async () => {
  const { lander, log } = world();
  const { take } = lander({ rows: 1_000_000, total: 30 * 512 * 10 });
  for (let round = 0; round < 20; round++) {
    for (let partition = 0; partition < 5; partition++) {
      const place = { topic: "toots", partition };
      await take(place, messages(Array(512).fill("a"), round * 512));
    }
  }
  assert.ok(log.some((line) => line.startsWith("file")), "some were written early");
});

Deno.test("property: despite crashes and rebalances, every row is stored exactly once", async () => {
  // The steps of a member: take messages, check the clock, crash, or be assigned other
  // partitions.
  const step = fc.oneof(
    fc.record({ kind: fc.constant("take" as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constantFrom("tick", "crash", "crash-after-file", "reset") }),
  );
  const text = fc.constantFrom("row", "row", "row", "row", "x", "-");
  await fc.assert(fc.asyncProperty(
    fc.array(text, { minLength: 1, maxLength: 40 }),
    fc.array(step, { maxLength: 25 }),
    async (kinds, steps) => {
      const texts = kinds.map((kind, i) => kind === "row" ? `r${i}` : kind);
      const topic = messages(texts);
      const { lander, files, committed, letters, wait, onStep } = world();
      let member = lander();
      let at = 0;
      const begin = () => at = committed.get("toots/0") ?? 0;
      for (const step of [...steps, { kind: "end" } as const]) {
        switch (step.kind) {
          case "take": {
            const taken = topic.slice(at, at + step.count);
            await member.take(toots, taken);
            at += taken.length;
            break;
          }
          case "tick":
            wait(60_000);
            await member.flush();
            break;
          case "crash-after-file": {
            // The crash happens after the file was written and before the commit.
            onStep((what) => {
              if (what === "commit") throw new Error("killed");
            });
            await member.flush(true).catch(() => {});
            onStep(() => {});
            member = lander();
            begin();
            break;
          }
          case "crash":
            member = lander();
            begin();
            break;
          case "reset":
            member.reset();
            begin();
            break;
          case "end":
            await member.take(toots, topic.slice(at));
            await member.flush(true);
        }
      }
      assert.equal(committed.get("toots/0") ?? 0, topic.length);
      const rows = [...files.values()].flat();
      const wanted = texts.filter((text) => text !== "x" && text !== "-");
      assert.deepEqual([...rows].sort(), [...wanted].sort());
      const buried = new Set(letters.map(({ offset }) => offset));
      assert.equal(buried.size, texts.filter((text) => text === "x").length);
    },
  ));
});
