import assert from "node:assert/strict";
import { explore } from "./explore.ts";
import { readOptions } from "./options.ts";
import { fewDays, withLake } from "./testing/lake.ts";

/** Runs the explorer until `work` ends. `work` gets the address that the explorer prints. */
function withExplorer(
  args: readonly string[],
  work: (url: string) => Promise<void>,
): Promise<void> {
  return withLake(fewDays(20), async (location) => {
    const options = readOptions(
      ["--lake", location, "--port", "0", "--cache", "none", ...args],
      () => undefined,
    )!;
    const stopping = new AbortController();
    const printed = Promise.withResolvers<string>();
    const say = (line: string) => {
      const [, url] = / at (http:.*)$/.exec(line) ?? [];
      if (url !== undefined) printed.resolve(url);
    };
    const running = explore(options, { signal: stopping.signal, say });
    running.catch(printed.reject);
    try {
      await work(await printed.promise);
    } finally {
      stopping.abort();
      await running;
    }
  });
}

for (const token of ["YWJjZA==", "a+b/c&d#e", "a;b, 100%"]) {
  Deno.test(`the printed address opens the page with the token ${token}`, () =>
    withExplorer(["--token", token], async (url) => {
      const first = await fetch(url, { redirect: "manual" });
      await first.body?.cancel();
      assert.equal(first.status, 303);
      const cookie = first.headers.get("set-cookie")!.split(";")[0]!;
      const page = await fetch(new URL("/about", url), { headers: { cookie } });
      await page.body?.cancel();
      assert.equal(page.status, 200);
      const other = await fetch(new URL("/about", url), { headers: { cookie: `${cookie}x` } });
      await other.body?.cancel();
      assert.equal(other.status, 401);
    }));
}

/** Returns true if this machine has the loopback address `::1`. */
function hasIPv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

for (const [host, shown] of [["0.0.0.0", "127.0.0.1"], ["::", "[::1]"]] as const) {
  Deno.test({
    name: `with --host ${host} the explorer prints the loopback address ${shown}`,
    ignore: host === "::" && !hasIPv6(),
    fn: () =>
      withExplorer(["--host", host, "--token", "mine"], async (url) => {
        assert.equal(url.replace(/:\d+\//, "/"), `http://${shown}/?token=mine`);
        const answer = await fetch(url, { redirect: "manual" });
        await answer.body?.cancel();
        assert.equal(answer.status, 303);
      }),
  });
}
