import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Failure } from "../../common/failure.ts";
import { keyedHash, readSalt } from "./hash.ts";

fc.configureGlobal({ seed: 1 });

/**
 * Texts with all lengths around the block size of the hash, with letters of all lengths in UTF-8.
 */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 700 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
  fc.constantFrom("x".repeat(3_000), "é".repeat(2_000), `${"x".repeat(300)}é`),
);

Deno.test("the hash is HMAC-SHA256", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 80 }), anyText, (salt, text) => {
      const digest = createHmac("sha256", salt).update(text).digest("base64url");
      assert.equal(keyedHash(salt)(text), `hmac-sha256:${digest}`);
    }),
  );
});

Deno.test("the salt is created once, and only the owner can read it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/salt`;
    const salts = await Promise.all([readSalt(path), readSalt(path), readSalt(path)]);
    assert.equal(salts[0]!.length, 32);
    for (const salt of [...salts, await readSalt(path)]) assert.deepEqual(salt, salts[0]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["salt"]);
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a truncated salt is neither used nor replaced", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const text of ["", "12", "not hexadecimal, though long enough"]) {
      await Deno.writeTextFile(`${folder}/salt`, text);
      await assert.rejects(readSalt(`${folder}/salt`), Failure);
      assert.equal(await Deno.readTextFile(`${folder}/salt`), text);
    }
    await assert.rejects(readSalt(`${folder}/none/salt`), /Cannot create the salt/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a given salt is used, unless it is too short", async () => {
  const salt = await readSalt("/nowhere", "sixteen or more bytes");
  assert.equal(new TextDecoder().decode(salt), "sixteen or more bytes");
  await assert.rejects(readSalt("/nowhere", "short"), { exitCode: 2 });
});
