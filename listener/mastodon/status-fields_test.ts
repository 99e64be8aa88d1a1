import assert from "node:assert/strict";
import { idText } from "../toot/fields.ts";
import { idOf } from "./status-fields.ts";
import { parseFrame } from "./stream/frame.ts";

Deno.test("an id with half a surrogate pair is well-formed text, as in the record", () => {
  const { id } = JSON.parse('{"id":"\\ud800"}');
  assert.equal(idOf({ id }), idText(id));
  assert.ok(idOf({ id })!.isWellFormed());
  const deleted = parseFrame('{"event":"delete","payload":"\\ud800"}');
  assert.deepEqual(deleted, { kind: "delete", id: idText(id) });
});
