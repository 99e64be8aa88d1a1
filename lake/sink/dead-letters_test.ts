import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deadLetterFile } from "./dead-letters.ts";

Deno.test("each dead letter contains what is needed to find and decode the message", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/data/sink-dead-letters.jsonl`;
  const place = { topic: "toots", partition: 1, reason: "no Avro" };
  try {
    const letters = deadLetterFile(path);
    await letters.add([{ ...place, offset: "7", key: Buffer.from("k"), value: Buffer.from("hi") }]);
    await letters.add([{ ...place, offset: "8", key: null, value: null }]);
    const lines = (await Deno.readTextFile(path)).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert.deepEqual(lines.map(({ at: _, ...rest }) => rest), [
      { ...place, offset: "7", key: btoa("k"), value: btoa("hi") },
      { ...place, offset: "8", key: null, value: null },
    ]);
    assert.ok(lines.every(({ at }) => !Number.isNaN(Date.parse(at))));
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600, "for its owner only");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a dead-letter file that cannot be written is reported in one line", async () => {
  await assert.rejects(
    deadLetterFile("/dev/null/letters").add([]),
    /cannot write the dead letters '\/dev\/null\/letters'|\/dev\/null/,
  );
});
