import assert from "node:assert/strict";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import { createGivenStatuses } from "../given-statuses.ts";
import type { Answer, Rest } from "../rest/rest.ts";
import { createInquiry } from "./inquiry.ts";

type Reply = Pick<Answer, "status" | "body"> | null;

const HTML = { status: 404, body: "<html>not here</html>" };
const NOT_FOUND = { status: 404, body: { error: "Record not found" } };

/** Makes an inquiry of a server that answers with `reply`, and a memory of four statuses. */
function setUp(reply: (path: string) => Reply) {
  const asked: string[] = [];
  const given = createGivenStatuses();
  for (const id of ["1", "2", "3", "40"]) given.give(id, 0, 0);
  const rest = {
    askOnce(path: string) {
      asked.push(path);
      const answer = reply(path);
      return Promise.resolve(
        answer && { ...answer, headers: {}, asked: { wall: 0, monotonic: 0 } },
      );
    },
  } as unknown as Rest;
  const inquiry = createInquiry({ rest, given, clock: createFakeClock() });
  return { inquiry, given, asked };
}

const there = (id: string, more = {}) => ({ status: 200, body: { id, ...more } });
const idIn = (path: string) => path.split("/").at(-1)!;

Deno.test("single requests: 404 and 410 are deletes while the server still returns a known status", async () => {
  const { inquiry, given, asked } = setUp((path) => {
    const id = idIn(path);
    if (id === "1") return NOT_FOUND;
    return id === "2" ? { status: 410, body: { error: "Gone" } } : there(id);
  });
  inquiry.add(["1", "2", "3"], "40");
  const events = await inquiry.step(null);
  assert.deepEqual(events, [{ kind: "delete", id: "1" }, { kind: "delete", id: "2" }]);
  assert.deepEqual(asked.map(idIn), ["1", "2", "3", "40"]);
  assert.equal(given.find("3")!.asked, 1, "it is there, and not asked about again soon");
  assert.equal(inquiry.size, 0);
});

Deno.test("a proxy that answers 404 to everything deletes nothing", async () => {
  for (const reply of [NOT_FOUND, HTML, { status: 404, body: "404 page not found" }, null]) {
    const { inquiry, given } = setUp(() => reply);
    inquiry.add(["1", "2"], "40");
    assert.deepEqual(await inquiry.step(null), []);
    assert.ok(!given.find("1")!.deleted && given.find("1")!.asked === 0);
  }
  const { inquiry } = setUp((path) => idIn(path) === "1" ? HTML : there(idIn(path)));
  inquiry.add(["1"], "40");
  assert.deepEqual(await inquiry.step(null), [], "HTML is not the server's own word");
});

Deno.test("batch request: an id missing from the answer is deleted, if a known live id is in it", async () => {
  const { inquiry, asked } = setUp(() => ({ status: 200, body: [{ id: "40" }, { id: "2" }] }));
  inquiry.add(["1", "2"], "40");
  assert.deepEqual(await inquiry.step("id[]"), [{ kind: "delete", id: "1" }]);
  inquiry.add(["3"], "40");
  assert.deepEqual(await inquiry.step("ids[]"), [{ kind: "delete", id: "3" }]);
  assert.deepEqual(asked, [
    "/api/v1/statuses?id[]=1&id[]=2&id[]=40",
    "/api/v1/statuses?ids[]=3&ids[]=40",
  ]);
});

Deno.test("if a server does not support batch requests, statuses are then requested singly", async () => {
  for (const reply of [NOT_FOUND, { status: 200, body: [] }, { status: 422, body: {} }]) {
    const { inquiry, given, asked } = setUp((path) =>
      path.includes("?") ? reply : idIn(path) === "1" ? NOT_FOUND : there(idIn(path))
    );
    for (let turn = 0; turn < 3; turn++) {
      inquiry.add(["1", "2"], "40");
      await inquiry.step("id[]");
    }
    assert.ok(given.find("1")!.deleted && !given.find("2")!.deleted);
    assert.equal(asked.filter((path) => path.includes("?")).length, 2);
  }
});

Deno.test("single failures do not end batch requests: the status to check by may have been deleted", async () => {
  let shown = true;
  const { inquiry, asked } = setUp(() => ({ status: 200, body: shown ? [{ id: "40" }] : [] }));
  for (const id of ["1", "2", "3"]) {
    for (shown of [false, true]) {
      inquiry.add([id], "40");
      assert.deepEqual(await inquiry.step("id[]"), shown ? [{ kind: "delete", id }] : []);
    }
  }
  assert.ok(asked.every((path) => path.includes("?")));
});

Deno.test("a missed edit is read from the answer", async () => {
  const edited_at = "2026-01-31T10:00:00Z";
  const { inquiry } = setUp((path) => there(idIn(path), { edited_at }));
  inquiry.add(["1"], "40");
  const [event] = await inquiry.step(null);
  assert.deepEqual(event, {
    kind: "status",
    transport: "backfill",
    status: { id: "1", edited_at },
  });
  inquiry.add(["1"], "40");
  assert.deepEqual(await inquiry.step(null), []);
});
