import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("JupyterLab starts, also as root, and ends on SIGTERM", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const lab = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", fileURLToPath(new URL("lab.ts", import.meta.url))],
      ...["--no-browser", "--port=0"],
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  let asked = false;
  for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (asked || !/http:\/\/(localhost|127\.0\.0\.1):\d+\/lab/.test(said)) continue;
    asked = true;
    lab.kill("SIGTERM");
  }
  await lab.status;
  assert.ok(asked, said);
});
