import assert from "node:assert/strict";
import { isRight } from "./compare.ts";
import { play, variantsOf } from "./scene.ts";
import { SCENES } from "./scenes.ts";

Deno.test("faults: a scene without faults is right, streamed and polled", async () => {
  const size = { toots: 120, rate: 60, edits: 0.1, deletes: 0.1, settle: 60 };
  const [streamed, , polled] = variantsOf(SCENES[0]!);
  for (const variant of [streamed!, polled!]) {
    const result = await play(variant, size);
    assert.ok(result.alive > 60 && isRight(result), JSON.stringify(result));
    assert.equal(result.exitCode, 0);
    assert.ok(result.settled! < 60 && result.stopped < 20);
  }
});

Deno.test("faults: the names of scenes are unique, and each has a variant", () => {
  assert.equal(new Set(SCENES.map(({ name }) => name)).size, SCENES.length);
  assert.ok(SCENES.every((scene) => variantsOf(scene).length > 0));
});
