import assert from "node:assert/strict";
import fc from "fast-check";
import { lines, LONGEST_LINE } from "./lines.ts";

fc.configureGlobal({ seed: 1 });

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) {
    yield await Promise.resolve(bytes.subarray(from, from + size));
  }
}

const read = async (text: string, size: number) =>
  (await Array.fromAsync(lines(inPieces(new TextEncoder().encode(text), size)))).flat();

Deno.test("lines end only at line feeds, however the bytes are split into chunks", async () => {
  const text = fc.array(fc.constantFrom("a", "é", "日", "🍞", "\n", "\r", "\u2028", "\u0085", "b"))
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (text, size) => {
      const expected = text.split("\n");
      if (expected.at(-1) === "") expected.pop();
      assert.deepEqual(await read(text, size), expected);
    }),
    { numRuns: 500 },
  );
});

Deno.test("an endless line does not fill the memory, and the next line is complete", async () => {
  const long = "x".repeat(LONGEST_LINE + 100_000);
  const [first, second] = await read(`${long}\nshort`, 1 << 16);
  assert.equal(second, "short");
  assert.ok(first!.length > LONGEST_LINE && first!.length <= LONGEST_LINE + (1 << 16));
});
