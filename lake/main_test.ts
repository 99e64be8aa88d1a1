import assert from "node:assert/strict";

const MAIN = new URL("main.ts", import.meta.url).pathname;

Deno.test("the name of a topic cannot lead out of the lake", async () => {
  const lake = await Deno.makeTempDir();
  const asked: [args: string[], env: Record<string, string>, flag: string][] = [
    [["compact", "--topic", "../x"], {}, "--topic"],
    [["info", "--topic", "../x"], {}, "--topic"],
    [["sink", "--topic", "../x"], {}, "--topic"],
    [["info"], { MASTODON_TOPIC: "../x" }, "MASTODON_TOPIC"],
  ];
  await Promise.all(asked.map(async ([args, env, flag]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args, "--lake", lake],
      env,
    }).output();
    const line = new TextDecoder().decode(stderr);
    assert.equal(code, 2, line);
    assert.match(line, new RegExp(`^lake: ${flag}: expected a topic .*, got '\\.\\./x'\\n$`));
  }));
  assert.deepEqual(await Array.fromAsync(Deno.readDir(lake)), []);
});
