import assert from "node:assert/strict";
import { Failure } from "../common/failure.ts";
import { tokensFor } from "./tokens.ts";

const BREAD = "https://bread.example", BUTTER = "http://butter.example:4000";

function tokens(baseURLs: string[], flags: string[], env: Record<string, string> = {}) {
  return Object.fromEntries(tokensFor({ baseURLs, flags, env: (name) => env[name] }));
}

Deno.test("a server's token comes by flag, then by its own variable, then by MASTODON_TOKEN", () => {
  const env = { MASTODON_TOKEN: "any", MASTODON_TOKEN_BREAD_EXAMPLE: "own" };
  assert.deepEqual(tokens([BREAD], [], {}), { [BREAD]: null });
  assert.deepEqual(tokens([BREAD], [], { MASTODON_TOKEN: "any" }), { [BREAD]: "any" });
  assert.deepEqual(tokens([BREAD], [], env), { [BREAD]: "own" });
  assert.deepEqual(tokens([BREAD], ["flag"], env), { [BREAD]: "flag" });
  assert.deepEqual(tokens([BREAD], ["a=b=="], {}), { [BREAD]: "a=b==" });
  assert.deepEqual(tokens([BREAD], [], { MASTODON_TOKEN: " " }), { [BREAD]: null });
});

Deno.test("with several servers, each token must name its server", () => {
  const both = [BREAD, BUTTER];
  assert.deepEqual(
    tokens(both, ["Bread.example=x"], { MASTODON_TOKEN_BUTTER_EXAMPLE_4000: "y" }),
    { [BREAD]: "x", [BUTTER]: "y" },
  );
  assert.throws(
    () => tokens(both, ["secret"]),
    /--token: with several servers, name the server of each token/,
  );
  assert.throws(
    () => tokens(both, [], { MASTODON_TOKEN: "secret" }),
    /MASTODON_TOKEN: with several/,
  );
  assert.throws(() => tokens(both, ["bread.example=x", "bread.example=y"]), /two tokens for bread/);
  assert.deepEqual(
    tokens(both, ["bread.example=x", "butter.example:4000=y"], { MASTODON_TOKEN: "any" }),
    { [BREAD]: "x", [BUTTER]: "y" },
    "nobody needs it",
  );
});

Deno.test("no message contains a possible password", () => {
  const secrets = ["se cret", "secret.part.more=rest", "secret\n"];
  for (const secret of secrets) {
    for (const flags of [[secret], [`bread.example=${secret}x y`]]) {
      try {
        tokens([BREAD, BUTTER], flags);
        assert.fail("taken");
      } catch (error) {
        assert.ok(error instanceof Failure && error.exitCode === 2, String(error));
        assert.doesNotMatch(error.message, /se ?cret|rest/);
      }
    }
  }
});
