import assert from "node:assert/strict";
import { createFakeClock } from "../../common/testing/fake-clock.ts";
import { LOG_BURST, LOG_BURST_OF_ALL } from "../limits.ts";
import { limitLog } from "./log-limit.ts";

function setUp() {
  const clock = createFakeClock();
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  return { clock, lines, log: limitLog({ info: say, warning: say }, clock) };
}

Deno.test("500 servers that fail together do not write 500 lines a second", () => {
  const { clock, lines, log } = setUp();
  for (let second = 0; second < 60; second++) {
    for (let n = 0; n < 500; n++) log.warning("closed 1006", { server: `https://s${n}.example` });
    clock.advance(1_000);
  }
  assert.ok(lines.length <= LOG_BURST_OF_ALL + 60 * 6 + 10, `${lines.length} lines`);
  assert.match(lines.at(-1)!, /more lines about 500 servers were left out/);
});

Deno.test("a server with endless notices leaves room for other servers' and our own", () => {
  const { lines, log } = setUp();
  for (let n = 0; n < 1_000; n++) log.info("odd", { server: "https://evil.example" });
  assert.equal(lines.length, LOG_BURST);
  log.warning("closed 1006", { server: "https://honest.example" });
  log.info("metrics on http://localhost:9464");
  assert.equal(lines.length, LOG_BURST + 2);
  log.close();
  assert.equal(lines.at(-1), "980 more lines about 1 server were left out");
  log.close();
  assert.equal(lines.length, LOG_BURST + 3);
});
