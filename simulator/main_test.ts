import assert from "node:assert/strict";

const main = new URL("main.ts", import.meta.url).pathname;

function simulate(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("simulate: prints its addresses, answers, and stops at Ctrl-C", async () => {
  const folder = await Deno.makeTempDir();
  const readyFile = `${folder}/ready.json`;
  const child = simulate(
    ...["--port", "0", "--servers", "2", "--history", "1h", "--rate", "500"],
    ...["--fault", "1:http,status=503", "--ready-file", readyFile],
  );
  const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stderr = new Response(child.stderr).text();
  try {
    let line = "";
    while (!line.endsWith("\n")) line += (await stdout.read()).value;
    const { servers } = JSON.parse(line);
    assert.equal(servers.length, 2);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(readyFile)), { servers });

    const [first, second] = servers;
    const response = await fetch(`${first.baseURL}/api/v1/accounts/verify_credentials`, {
      headers: { Authorization: `Bearer ${first.token}` },
    });
    assert.equal(response.status, 200);
    await response.body!.cancel();
    const faulty = await fetch(`${second.baseURL}/api/v1/instance`);
    assert.equal(faulty.status, 503);
    await faulty.body!.cancel();
  } finally {
    child.kill("SIGINT");
  }
  assert.equal((await stdout.read()).done, true);
  assert.equal((await child.status).code, 0);
  const said = await stderr;
  assert.match(said, /http:\/\/127\.0\.0\.1:\d+ {2}tusk\.example {2}token sim-tusk-/);
  assert.match(said, /--baseURL http/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("simulate: a usage error ends it with exit code 2 and one line", async () => {
  const taken = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  try {
    const port = String((taken.addr as Deno.NetAddr).port);
    for (
      const [args, says] of [
        [["--rate", "ten"], "ten"],
        [["--port", port, "--servers", "1", "--history", "0"], port],
        [["--port", "0", "--history", "0", "--ready-file", "/no/such/folder/file"], "/no/such"],
      ] as const
    ) {
      const { code, stdout, stderr } = await simulate(...args).output();
      const said = new TextDecoder().decode(stderr).trim().split("\n");
      assert.equal(code, 2, said.join("\n"));
      assert.ok(
        said.at(-1)!.startsWith("simulate: ") && said.at(-1)!.includes(says),
        said.join("\n"),
      );
      assert.equal(stdout.length, 0);
    }
  } finally {
    taken.close();
  }
});
