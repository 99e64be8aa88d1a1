import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { outlast } from "./outage.ts";
import { Unreachable } from "./s3-store.ts";

/** Time that passes only while somebody waits. */
function clock() {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    random: () => 1,
    sleep: (ms: number) => {
      waits.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
}

Deno.test("an outage is said at once, then once a minute, and when it is over", async () => {
  const time = clock();
  const said: string[] = [];
  const until = 200_000;
  const work = () =>
    time.now() < until ? Promise.reject(new Unreachable("s3:9000", "")) : Promise.resolve(7);
  assert.equal(await outlast(work, { ...time, notify: (message) => said.push(message) }), 7);
  assert.deepEqual(time.waits.slice(0, 7), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  assert.equal(said.length, 5, said.join("\n"));
  assert.match(said[0]!, /s3:9000 does not answer.*trying again/);
  assert.match(said.at(-1)!, /answers again/);
});

Deno.test("every other failure is thrown at once", async () => {
  const time = clock();
  const work = () => Promise.reject(new Failure("no such bucket"));
  await assert.rejects(outlast(work, time), /no such bucket/);
  assert.deepEqual(time.waits, []);
});
