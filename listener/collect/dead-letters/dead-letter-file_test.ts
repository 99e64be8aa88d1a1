import assert from "node:assert/strict";
import { openDeadLetterFile } from "./dead-letter-file.ts";

const letter = { server: "https://bread.example", id: "7", reason: "no uri", raw: "{\u2028}" };

Deno.test("dead letters are lines of JSON that only the owner can read, and another run keeps them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/data/dead-letters.jsonl`;
    for (let run = 0; run < 2; run++) {
      const letters = openDeadLetterFile(path);
      letters.add(letter, 0);
      letters.add({ ...letter, raw: null }, 1_000);
      letters.close();
    }
    const lines = (await Deno.readTextFile(path)).split("\n");
    assert.equal(lines.length, 5);
    assert.deepEqual(JSON.parse(lines[2]!), { at: "1970-01-01T00:00:00.000Z", ...letter });
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without dead letters there is no file; a file that cannot be written is a failure", async () => {
  const folder = await Deno.makeTempDir();
  try {
    openDeadLetterFile(`${folder}/none.jsonl`).close();
    await assert.rejects(Deno.stat(`${folder}/none.jsonl`), Deno.errors.NotFound);
    await Deno.mkdir(`${folder}/in-the-way`);
    const letters = openDeadLetterFile(`${folder}/in-the-way`);
    assert.throws(() => letters.add(letter, 0), /Cannot write the dead letters/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the texts of an author are removed from both files, and nothing else changes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/dead-letters.jsonl`;
    const [mal, ada] = ["hmac-sha256:mal", "hmac-sha256:ada"];
    const add = (run: ReturnType<typeof openDeadLetterFile>, author_key: string | null) =>
      run.add({ ...letter, raw: author_key === mal ? "SECRÉT" : "Loaf", author_key }, 0);
    const first = openDeadLetterFile(path, 3_000);
    for (let n = 0; n < 12; n++) add(first, n % 2 === 0 ? mal : ada);
    first.close();
    const second = openDeadLetterFile(path, 3_000);
    for (const author of [mal, null]) add(second, author);
    const sizes = () => [path, `${path}.old`].map((name) => Deno.statSync(name).size);
    const before = sizes();
    second.forget(mal);
    assert.deepEqual(sizes(), before);
    for (const author of [ada, mal]) add(second, author);
    second.forget(mal);
    second.close();
    const text = [`${path}.old`, path].map((name) => Deno.readTextFileSync(name)).join("");
    assert.doesNotMatch(text, /SECR|mal/);
    const raws = text.trim().split("\n").map((line) => JSON.parse(line).raw);
    assert.ok(raws.filter((raw) => raw === null).length >= 5);
    assert.ok(raws.filter((raw) => raw === "Loaf").length >= 5);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a full file replaces the old one, so that both stay below the limit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/dead-letters.jsonl`;
    const letters = openDeadLetterFile(path, 2_000);
    for (let n = 0; n < 100; n++) letters.add({ ...letter, id: `${n}` }, n);
    letters.close();
    const sizes = [path, `${path}.old`].map((name) => Deno.statSync(name).size);
    assert.ok(sizes.every((size) => size <= 1_000), String(sizes));
    const last = (await Deno.readTextFile(path)).trim().split("\n").at(-1)!;
    assert.equal(JSON.parse(last).id, "99");
    letters.add({ ...letter, raw: "x".repeat(10_000_000) }, 0);
    letters.close();
    assert.ok(Deno.statSync(path).size < 100_000, "a long one is cut");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
