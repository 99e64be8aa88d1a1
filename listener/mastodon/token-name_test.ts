import assert from "node:assert/strict";
import { refusal, switchedOff } from "./refusal.ts";
import { tokenName } from "./token-name.ts";

const asked = { baseURL: "https://bread.example:8443", federated: false, token: "s3cret" };

Deno.test("the name of a token's variable is derived from the server", () => {
  assert.equal(tokenName(asked.baseURL), "MASTODON_TOKEN_BREAD_EXAMPLE_8443");
  assert.equal(tokenName("https://über.example"), "MASTODON_TOKEN_XN_BER_GOA_EXAMPLE");
});

Deno.test("a refusal names the server, what it said, and what to do; never the token", () => {
  const message = (status: number, token: string | null = asked.token, said?: string) =>
    refusal({ ...asked, token }, "stream", { status, said }).message;
  assert.match(message(401), /^bread\.example:8443 does not accept the token .*\(401\).*settings/);
  assert.match(message(403), /does not let this token read .*read:statuses/);
  assert.match(message(401, null), /make a token.*MASTODON_TOKEN_BREAD_EXAMPLE_8443 or --token/);
  assert.match(message(422, null, "認証が必要"), /only to people with an account .*"認証が必要"/);
  assert.match(message(404), /check --baseURL/);
  for (const status of [401, 403, 404, 422]) assert.ok(!message(status).includes("s3cret"));
});

Deno.test("a server that has moved is named", () => {
  const headers = { location: "https://butter.example/api/v1/timelines/public?local=true" };
  const { message } = refusal(asked, "timeline", { status: 301, headers });
  assert.match(message, /--baseURL https:\/\/butter\.example$/);
});

Deno.test("a server's message cannot control the terminal, and is limited in length", () => {
  const said = "\u001b[2J\u0007no\nentry" + "!".repeat(1_000);
  const { message } = refusal(asked, "stream", { status: 401, said });
  // deno-lint-ignore no-control-regex
  assert.ok(!/[\u0000-\u001f\u007f-\u009f]/.test(message));
  assert.ok(message.length < 500);
});

Deno.test("the message for a disabled feed says where else to listen", () => {
  assert.match(switchedOff(asked).message, /local timeline off.*--public/);
  assert.ok(!switchedOff({ ...asked, federated: true }).message.includes("--public"));
});
