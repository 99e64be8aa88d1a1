import assert from "node:assert/strict";
import { createIdentities } from "./identities.ts";

const named = (domain: string | null) => ({ domain, software: null });
const HOME = "http://127.0.0.1:3001", EVIL = "http://127.0.0.1:3002";

Deno.test("a server without a public name has the domain it claims, unless another claims it too", () => {
  const identities = createIdentities([HOME, EVIL]);
  const domains = () => [HOME, EVIL].map((baseURL) => identities.tellerOf(baseURL).alias);
  identities.claim(HOME, named("bread.example"));
  assert.deepEqual(domains(), ["bread.example", null]);
  identities.claim(EVIL, named("Bread.example"));
  assert.deepEqual(domains(), [null, null], "nobody knows who lies");
  identities.claim(EVIL, named("evil.example"));
  assert.deepEqual(domains(), ["bread.example", "evil.example"]);
});

Deno.test("a server cannot speak for the host of another server, nor for another public domain", () => {
  const bread = "https://bread.example", evil = "https://evil.example";
  const identities = createIdentities([bread, evil, HOME]);
  for (const baseURL of [evil, HOME]) {
    identities.claim(baseURL, named("bread.example"));
    assert.equal(identities.tellerOf(baseURL).domain, null, baseURL);
    assert.equal(identities.domainOf(new URL(baseURL).host), null, baseURL);
  }
  identities.claim(evil, named("mastodon.example"));
  assert.equal(identities.tellerOf(evil).domain, null);
  assert.equal(identities.domainOf("evil.example"), "mastodon.example", "it may say so of itself");
});

Deno.test("an invalid domain is ignored", () => {
  const identities = createIdentities([HOME]);
  for (const domain of ["", " ", "a b", "/", "x".repeat(10_000), "\u202e"]) {
    identities.claim(HOME, named(domain));
    assert.ok((identities.tellerOf(HOME).domain?.length ?? 0) <= 300, domain.slice(0, 20));
  }
});
