import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFrame } from "./frame.ts";

fc.configureGlobal({ seed: 1 });

const frame = (event: string, payload?: unknown) => JSON.stringify({ event, payload });

Deno.test("a numeric id in a payload that is an object keeps its digits", () => {
  const read = parseFrame('{"event":"update","payload":{"id":116000000000000001}}');
  assert.equal(
    read?.kind === "status" && (read.status as { id: unknown }).id,
    "116000000000000001",
  );
});

Deno.test("a complete status is read from a payload that is text or an object", () => {
  const status = { id: "116006451163497157", content: "<p>bread\u2028butter</p>", odd: [1] };
  for (const event of ["update", "status.update"]) {
    for (const payload of [status, JSON.stringify(status)]) {
      const wanted = { kind: "status", transport: "stream", status };
      assert.deepEqual(parseFrame(frame(event, payload)), wanted);
    }
  }
  assert.equal(
    (parseFrame(frame("update", status), "replay") as { transport: string }).transport,
    "replay",
  );
});

Deno.test("ids that are long numbers keep their digits", () => {
  const read = parseFrame(frame("update", `{"id": 116000000000000001}`));
  assert.equal((read as { status: { id: string } }).status.id, "116000000000000001");
});

Deno.test("a delete is a bare id, whatever a server wraps it in", () => {
  for (const payload of ["106692867363994015", `"106692867363994015"`]) {
    assert.deepEqual(parseFrame(frame("delete", payload)), {
      kind: "delete",
      id: "106692867363994015",
    });
  }
  assert.deepEqual(parseFrame(frame("delete", 42)), { kind: "delete", id: "42" });
  for (const payload of [`{"id":116000000000000003}`, `"{\\"id\\":116000000000000003}"`]) {
    const read = parseFrame(`{"event":"delete","payload":${payload}}`);
    assert.deepEqual(read, { kind: "delete", id: "116000000000000003" });
  }
});

Deno.test("empty frames and comments yield nothing", () => {
  for (const text of ["", " ", "\n", ":", ":thump", ":)"]) assert.equal(parseFrame(text), null);
});

Deno.test("other events and refusals are distinguished", () => {
  assert.deepEqual(parseFrame(frame("filters_changed")), {
    kind: "other",
    event: "filters_changed",
  });
  assert.deepEqual(parseFrame(`{"error":"Nein","status":401}`), {
    kind: "error",
    status: 401,
    message: "Nein",
  });
  assert.deepEqual(parseFrame(`{"error":"Nein"}`), {
    kind: "error",
    status: null,
    message: "Nein",
  });
});

Deno.test("an error frame is read whatever its values are", () => {
  const odd = ['{"toString":1}', '{"valueOf":1,"toString":1}', '{"__proto__":null}', "[]", "null"];
  for (const value of [...odd, "true", "-1", "1e400", `"${"x".repeat(1_000_000)}"`]) {
    const read = parseFrame(`{"error":${value},"status":${value}}`);
    assert.ok(read?.kind === "error" && read.status === null && read.message.length <= 256, value);
  }
  assert.equal((parseFrame('{"error":1,"status":"401"}') as { status: number }).status, 401);
});

Deno.test("an unreadable frame is returned as bad, with a reason and its text", () => {
  const bad: [string, RegExp][] = [
    [`{"event":"update","payload":"{\\"id\\":\\"1`, /frame is not JSON/],
    [frame("update", `{"id":"1`), /payload of update is not JSON/],
    [frame("update", "undefined"), /payload of update is not JSON/],
    [frame("update"), /payload of update is not a status/],
    [frame("update", "[]"), /payload of update is not a status/],
    [frame("delete"), /payload of delete is not an id/],
    [frame("delete", "undefined"), /payload of delete is not an id/],
    [frame("delete", "null"), /payload of delete is not an id/],
    [frame("delete", `{"id":null}`), /payload of delete is not an id/],
    [frame("delete", `"106`), /payload of delete is not an id/],
    [frame("delete", ["1"]), /payload of delete is not an id/],
    [frame("delete", "1".repeat(1_000_000)), /payload of delete is not an id/],
    [frame("delete", "1" + " ".repeat(1_000_000)), /payload of delete is not an id/],
    [frame("delete", `"${"1".repeat(1_000_000)}"`), /payload of delete is not an id/],
    [`[]`, /not a JSON object/],
    [`null`, /not a JSON object/],
    [`{}`, /names no event/],
  ];
  for (const [text, reason] of bad) {
    const read = parseFrame(text);
    assert.ok(read?.kind === "bad", text);
    assert.match(read.reason, reason);
    assert.equal(read.raw, text);
  }
});

Deno.test("the id of a delete keeps its digits, as text and as a number", () => {
  for (const payload of ["116000000000000001", '"116000000000000001"']) {
    const read = parseFrame(`{"event": "delete", "payload": ${payload}}`);
    assert.ok(read?.kind === "delete");
    assert.equal(read.id, "116000000000000001");
  }
});

Deno.test("no frame makes the parser throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseFrame(text)));
  fc.assert(fc.property(fc.json(), fc.string(), (payload, event) => {
    for (const name of ["update", "delete", event]) {
      parseFrame(frame(name, payload));
      parseFrame(frame(name, JSON.parse(payload)));
    }
    parseFrame(`{"error":${payload},"status":${payload}}`);
  }));
});
