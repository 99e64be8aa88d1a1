import assert from "node:assert/strict";
import { createLog } from "./log.ts";

Deno.test("a message that quotes a megabyte is cut in both formats", () => {
  for (const format of ["text", "json"] as const) {
    const lines: string[] = [];
    createLog(format, (line) => lines.push(line)).warning("x".repeat(1_000_000));
    assert.ok(lines[0]!.length < 1_200, format);
  }
});
