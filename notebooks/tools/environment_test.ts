import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { ensureEnvironment, findPython } from "./environment.ts";

/** Writes a program that behaves like a Python installation. */
async function fakePython(folder: string, name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

const needed = "Jupyter needs Python 3.10 or newer with its venv module";

Deno.test("the error distinguishes a Python without venv from a missing Python", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      findPython(["no-such-python"]),
      new Failure(`${needed}, and no-such-python was not found`),
    );
    const old = await fakePython(folder, "old", "echo False");
    await assert.rejects(findPython([old]), new Failure(`${needed}, and ${old} is older`));
    const bare = await fakePython(folder, "bare", "echo 'No module named venv' >&2; exit 1");
    await assert.rejects(
      findPython([bare]),
      new Failure(`${needed}, and ${bare} lacks it (on Debian: apt install python3-venv)`),
    );
    const good = await fakePython(folder, "good", "echo True");
    assert.equal(await findPython(["no-such-python", old, good]), good, "the first that can");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without Python, no folder is created", async () => {
  const parent = await Deno.makeTempDir();
  try {
    await assert.rejects(
      ensureEnvironment({ folder: join(parent, "venv"), pythons: ["no-such-python"] }),
      Failure,
    );
    assert.deepEqual([...Deno.readDirSync(parent)], []);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});
