import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { startChild } from "./child.ts";
import { alive } from "./testing/alive.ts";

async function withScript(source: string, work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "child.ts");
    await Deno.writeTextFile(path, source);
    await work(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A program that prints its process id, and does not end on SIGINT. */
const stubborn = `
  Deno.addSignalListener("SIGINT", () => console.log("asked"));
  console.log(Deno.pid);
  setInterval(() => {}, 1000);`;

Deno.test("lines arrive one by one, and the error of a failed child contains the last of them", () =>
  withScript(`console.log("a\\nb"); console.error("it broke"); Deno.exit(3);`, async (path) => {
    const lines: string[] = [];
    const child = startChild({
      name: "the child",
      args: [path],
      stdout: (line) => lines.push(line),
    });
    await child.ended;
    assert.deepEqual(lines, ["a", "b"]);
    await assert.rejects(
      child.stop(),
      new Failure("the child ended with exit code 3: it broke"),
    );
  }));

Deno.test("a child that does not stop on the first signal is killed", {
  ignore: Deno.build.os === "windows",
}, () =>
  withScript(stubborn, async (path) => {
    const started = Promise.withResolvers<number>();
    const lines: string[] = [];
    const child = startChild({
      name: "the child",
      args: [path],
      stdout: (line) => {
        lines.push(line);
        started.resolve(Number(line));
      },
    });
    const pid = await started.promise;
    await assert.rejects(child.stop(300), Failure);
    assert.ok(!alive(pid));
    assert.deepEqual(lines, [String(pid), "asked"], "it was asked before");
  }));
