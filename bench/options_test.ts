import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("a wrong flag of a benchmark is one line and exit code 2", async () => {
  for (
    const [script, args, line] of [
      ["listener.ts", ["--tots", "5"], /^bench: Unknown option '--tots'/],
      [
        "kafka.ts",
        ["--runs", "many"],
        /^bench: --runs: expected a whole number from 1, got 'many'/,
      ],
      ["lake.ts", ["--rows", "-1"], /^bench: .*--rows/],
    ] as const
  ) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", fileURLToPath(new URL(script, import.meta.url)), ...args],
      stdout: "null",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 2, text);
    assert.match(text, line);
    assert.equal(text.trim().split("\n").length, 1, text);
  }
});
