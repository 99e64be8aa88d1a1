import assert from "node:assert/strict";
import { parseOptions, UsageError } from "./options.ts";

const options = (...args: string[]) => {
  const parsed = parseOptions(args);
  if ("help" in parsed) throw new Error("help");
  return parsed;
};

Deno.test("options: defaults are a week, three servers, and the limits of real ones", () => {
  const { servers, port, rate, seed, history, rateLimit, access, fault } = options();
  assert.deepEqual({ servers, port, rate, seed, history, rateLimit, access, fault }, {
    servers: 3,
    port: 4000,
    rate: 20,
    seed: 1,
    history: 604_800_000,
    rateLimit: 300,
    access: "public",
    fault: [],
  });
});

Deno.test("options: rates, durations and faults are read", () => {
  assert.equal(options("--rate", "max").rate, "max");
  assert.equal(options("--rate", "0.5").rate, 0.5);
  assert.equal(options("--history", "36h").history, 129_600_000);
  assert.deepEqual(options("--software", "pleroma", "--software", "1:mastodon@4.1.22").software, [
    { server: "all", name: "pleroma" },
    { server: 1, name: "mastodon@4.1.22" },
  ]);
  const { fault } = options("--fault", "mute,ms=500", "--fault", "2:http,status=503,on=any");
  assert.deepEqual(fault, [
    { server: "all", fault: { kind: "mute", ms: 500 } },
    { server: 2, fault: { kind: "http", status: 503, on: "any" } },
  ]);
});

for (
  const [args, names] of [
    [["--servers", "17"], ["--servers", "17"]],
    [["--servers", "2.5"], ["--servers", "2.5"]],
    [["--rate", "fast"], ["--rate", "fast"]],
    [["--rate", "-1"], ["--rate", "-1"]],
    [["--rate", ""], ["--rate"]],
    [["--history", "week"], ["--history", "week"]],
    [["--deletes", "2"], ["--deletes", "2"]],
    [["--access", "nobody"], ["--access", "nobody"]],
    [["--software", "geocities"], ["--software", "geocities"]],
    [["--software", "9:pleroma"], ["--software", "9"]],
    [["--mastodon", "new"], ["--mastodon", "new"]],
    [["--fault", "gremlins"], ["--fault", "gremlins"]],
    [["--fault", "http"], ["--fault", "status"]],
    [["--fault", "mute,often"], ["--fault", "often"]],
    [["--fault", "3:mute"], ["--fault", "3"]],
    [["--port", "65535"], ["--port", "65535"]],
    [["--colour"], ["--colour"]],
    [["more"], ["more"]],
  ] as const
) {
  Deno.test(`options: ${args.join(" ")} is refused in a line that says why`, () => {
    assert.throws(() => options(...args), (error: Error) => {
      assert.ok(error instanceof UsageError);
      for (const name of names) assert.ok(error.message.includes(name), error.message);
      return !error.message.includes("\n");
    });
  });
}

Deno.test("options: --help gives the help", () => {
  const parsed = parseOptions(["--help"]);
  assert.ok("help" in parsed && parsed.help.includes("--history"));
});
