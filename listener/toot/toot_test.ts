import assert from "node:assert/strict";
import { TOOT_COLUMNS } from "../../record/record.ts";
import { parseJson } from "./json.ts";
import type { Consent } from "./consent.ts";
import { keyedHash } from "./hash.ts";
import { createOptOuts } from "./known-opt-outs.ts";
import { createOriginSizes, ORIGIN_AUTHORS } from "./origin.ts";
import { HASHTAGS, HTML_LENGTH, PROFILE_LENGTH } from "../limits.ts";
import { tellerOf } from "./author.ts";
import { type Reading, type TootContext, toToot } from "./toot.ts";

const GOLDEN = new URL("golden/", import.meta.url);
const update = Deno.env.get("UPDATE_GOLDEN") === "1";

/** The context of the cases in golden/. The context.json of a case may replace parts of it. */
const CONTEXT: TootContext = {
  baseURL: "https://bread.example",
  transport: "stream",
  observedAt: Date.UTC(2026, 1, 1, 12),
  consent: "opt-out",
  hashAuthors: false,
  hash: keyedHash(new Uint8Array(32)),
};

/**
 * Converts a reading to the form of record.json (see golden/README.md), with a BigInt as a string.
 */
function written(reading: Reading): unknown {
  if (reading.kind === "bad") return { bad: reading.reason };
  if (reading.kind === "left-out") return { "left-out": reading.why };
  const { m_id } = reading.toot;
  return { ...reading.toot, m_id: m_id === null ? null : `${m_id}` };
}

function readCase(name: string, file: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(`${name}/${file}`, GOLDEN));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

for (const { name, isDirectory } of [...Deno.readDirSync(GOLDEN)]) {
  if (!isDirectory) continue;
  Deno.test(`golden/${name}`, () => {
    const context = JSON.parse(readCase(name, "context.json") ?? "{}") as Partial<TootContext>;
    const status = parseJson(readCase(name, "status.json")!);
    const record = written(toToot(status, { ...CONTEXT, ...context }));
    if (update) {
      const file = new URL(`${name}/record.json`, GOLDEN);
      Deno.writeTextFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    }
    assert.deepEqual(record, JSON.parse(readCase(name, "record.json")!));
  });
}

Deno.test("a record has the fields of the schema, in its order", () => {
  const reading = toToot(parseJson(readCase("everything", "status.json")!), CONTEXT);
  assert.equal(reading.kind, "toot");
  assert.deepEqual(
    reading.kind === "toot" && Object.keys(reading.toot),
    TOOT_COLUMNS.map(({ name }) => name),
  );
});

Deno.test("a withheld record contains nothing of the author", () => {
  const status = parseJson(readCase("noindex", "status.json")!) as Record<string, unknown>;
  const reading = JSON.stringify(written(toToot(status, CONTEXT)));
  assert.match(reading, /"withheld":"noindex"/);
  for (const trace of ["ada", "bread.example/", "116000000000000", "Rye", "rye"]) {
    assert.ok(!reading.includes(trace), `${trace} in ${reading}`);
  }
});

Deno.test("with --hash-authors an author has one hashed name, and no URL reveals the author", () => {
  const read = (account: object) =>
    toToot({ ...everything(), account }, { ...CONTEXT, hashAuthors: true });
  const local = read({ acct: "ada", username: "ada" });
  const remote = read({ acct: "ada@bread.example", username: "ada" });
  assert.ok(local.kind === "toot" && remote.kind === "toot");
  assert.equal(local.toot.author, remote.toot.author);
  assert.equal(local.toot.username, local.toot.author);
  const { mastodon_text: _, ...rest } = local.toot;
  assert.ok(!JSON.stringify(Object.values(rest).map(String)).includes("ada"));
});

const everything = () =>
  parseJson(readCase("everything", "status.json")!) as Record<string, unknown>;

Deno.test("an author who opted out on the home server is withheld in copies of other servers too", () => {
  const optOuts = createOptOuts(10);
  const read = (account: object, consent: Consent = "opt-out") => {
    const reading = toToot({ ...everything(), account }, { ...CONTEXT, consent, optOuts });
    return reading.kind === "toot" && reading.toot.withheld;
  };
  const copy = { acct: "ada@bread.example", username: "ada", indexable: true };
  const far = { ...CONTEXT, baseURL: "https://butter.example", optOuts };
  const readCopy = (account: object = copy, changes: object = {}) => {
    const reading = toToot({ ...everything(), account, ...changes }, far);
    return reading.kind === "toot" && reading.toot.withheld;
  };
  assert.equal(readCopy(), null);
  assert.equal(read({ acct: "Ada", username: "ada", noindex: true }), "noindex");
  assert.equal(readCopy(), "known:noindex");
  assert.equal(
    readCopy({ acct: "ada@elsewhere.example" }),
    "known:noindex",
    "the host of the address is hers",
  );
  assert.equal(read({ ...copy, acct: "bo@bread.example" }), null);
  assert.equal(read(copy, "none"), null);
  assert.equal(read({ acct: "cy", indexable: false }, "opt-in"), "not indexable");
  assert.equal(readCopy({ acct: "cy@bread.example" }), null, "who said nothing has not said no");
});

Deno.test("what a server says about other servers' authors applies only to its own copy", () => {
  const optOuts = createOptOuts(10);
  const far = { ...CONTEXT, baseURL: "https://evil.example", optOuts };
  const account = { acct: "ada@bread.example", noindex: true };
  const lie = toToot({ ...everything(), account }, far);
  assert.ok(lie.kind === "toot" && lie.toot.withheld === "noindex" && lie.toot.home === false);
  // A server gains nothing if it lists foreign authors as its own, or claims their domain.
  const evil = tellerOf(far.baseURL, { domain: "bread.example", software: null });
  for (const teller of [evil, undefined]) {
    const own = { acct: "ada", noindex: true };
    const context = teller === undefined ? far : { ...far, teller };
    const reading = toToot({ ...everything(), account: own }, context);
    assert.ok(reading.kind === "toot" && reading.toot.home === false);
  }
  const truth = toToot({ ...everything(), account: { acct: "ada" } }, { ...CONTEXT, optOuts });
  assert.ok(truth.kind === "toot" && truth.toot.withheld === null && truth.toot.home);
  assert.notEqual(lie.toot.mastodon_text, truth.toot.mastodon_text);
});

Deno.test("an opt-out at a server's own address does not withhold the author whom the status names", () => {
  const optOuts = createOptOuts(10);
  const read = (uri: string, account: object, baseURL = "https://evil.example") => {
    const reading = toToot({ ...everything(), uri, account }, { ...CONTEXT, baseURL, optOuts });
    assert.ok(reading.kind === "toot");
    return reading.toot;
  };
  const own = read("https://evil.example/1", { acct: "ada", noindex: true });
  const named = read("https://evil.example/2", { acct: "ada@bread.example" });
  assert.equal(named.withheld, "known:noindex");
  assert.equal(named.author_key, own.author_key, "the key that opted out");
  const ada = read("https://bread.example/users/ada/1", { acct: "ada" }, CONTEXT.baseURL);
  assert.equal(ada.withheld, null);
  assert.notEqual(ada.author_key, own.author_key);
});

Deno.test("an author has one key on every server, whatever the domain of the account", () => {
  const status = { ...everything(), uri: "https://social.bread.example/users/ada/statuses/1" };
  const keyOf = (acct: string, context: Partial<TootContext>) => {
    const reading = toToot({ ...status, account: { acct } }, { ...CONTEXT, ...context });
    return reading.kind === "toot" && reading.toot.author_key;
  };
  const home = { baseURL: "https://social.bread.example" };
  const claim = { domain: "bread.example", software: null };
  const key = keyOf("ada", home);
  assert.equal(key, keyOf("ada", { ...home, teller: tellerOf(home.baseURL, claim) }));
  assert.equal(key, keyOf("Ada@Bread.example", { baseURL: "https://butter.example" }));
  assert.notEqual(key, keyOf("ada@evil.example", { baseURL: "https://butter.example" }));
  assert.notEqual(key, keyOf("ada", { baseURL: "https://evil.example" }));
});

Deno.test("with --hash-authors a server is named once enough of its authors were seen", () => {
  const far = { ...CONTEXT, baseURL: "https://butter.example", hashAuthors: true };
  const origins = createOriginSizes();
  const originOf = (n: number) => {
    const account = { acct: `baker${n}@bread.example` };
    const reading = toToot({ ...everything(), account }, { ...far, origins });
    return reading.kind === "toot" && reading.toot.origin;
  };
  assert.match(String(originOf(1)), /^hmac-sha256:/);
  for (let n = 1; n < ORIGIN_AUTHORS; n++) assert.notEqual(originOf(n), "bread.example");
  assert.equal(originOf(ORIGIN_AUTHORS), "bread.example");
  assert.equal(originOf(1), "bread.example");
});

Deno.test("an unreadable status may be stored only if its author is known and has not opted out", () => {
  const optOuts = createOptOuts(10);
  optOuts.note("https://bread.example", CONTEXT.hash("mal@bread.example"), "noindex");
  const mayKeep = (changes: object, context: Partial<TootContext> = {}) => {
    const status = { ...everything(), created_at: "no date", ...changes };
    const reading = toToot(status, { ...CONTEXT, optOuts, ...context });
    assert.equal(reading.kind, "bad");
    return reading.kind === "bad" && reading.mayKeep;
  };
  assert.equal(mayKeep({}), true);
  assert.equal(mayKeep({}, { hashAuthors: true }), false);
  const mal = { account: { acct: "mal@bread.example" } };
  assert.equal(mayKeep(mal), false);
  assert.equal(mayKeep({ ...mal, id: {}, uri: null, url: null }), false);
  assert.equal(mayKeep(mal, { consent: "none" }), true);
  for (const account of [null, "mal", {}, []]) assert.equal(mayKeep({ account }), false);
});

Deno.test("very long lists and texts are truncated", () => {
  const reading = toToot({
    ...everything(),
    tags: new Array(1_000_000).fill("a"),
    content: "a ".repeat(1_000_000),
  }, CONTEXT);
  assert.ok(reading.kind === "toot");
  assert.equal(reading.toot.hashtags!.length, HASHTAGS);
  assert.equal(reading.toot.tags, HASHTAGS);
  assert.ok(reading.toot.mastodon_text!.length <= HTML_LENGTH);
});

Deno.test("impossible times are recognised", () => {
  const at = (created_at: string) => {
    const reading = toToot({ ...everything(), created_at }, CONTEXT);
    assert.ok(reading.kind === "toot");
    return [reading.posted, reading.timeBelieved];
  };
  const { observedAt } = CONTEXT;
  const iso = (ms: number) => new Date(ms).toISOString();
  assert.deepEqual(at(iso(observedAt + 86_400_000)), [observedAt + 86_400_000, true]);
  assert.deepEqual(at(iso(observedAt + 86_400_001)), [observedAt, false]);
  assert.deepEqual(at("2006-01-01T00:00:00Z"), [Date.UTC(2006, 0, 1), true]);
  assert.deepEqual(at("2005-12-31T23:59:59Z"), [observedAt, false]);
});

Deno.test("a value that is not a status is refused with the reason", () => {
  for (const status of [null, undefined, 1, "x", [], true]) {
    const reason = "expected a JSON object";
    assert.deepEqual(toToot(status, CONTEXT), { kind: "bad", reason, mayKeep: false });
  }
  assert.equal(toToot({}, CONTEXT).kind, "left-out");
});

Deno.test("an opt-out counts in fields that come as an object, by number or by name", () => {
  const field = { name: "privacy", value: "<b>#</b>NoBot" };
  for (const fields of [{ "3": field }, { a: field }, { privacy: "#nobot" }, { "#nobot": "yes" }]) {
    const account = { acct: "ada", note: "", fields };
    const reading = toToot({ ...everything(), account }, CONTEXT);
    assert.equal(
      reading.kind === "toot" && reading.toot.withheld,
      "#nobot",
      JSON.stringify(fields),
    );
  }
});

Deno.test("a status is local only whatever software says so, but not because of another status", () => {
  const kindOf = (more: object) => toToot({ ...everything(), ...more }, CONTEXT).kind;
  for (
    const more of [{ misskey: { localOnly: true } }, { federate: false }, {
      other: { local_only: 1 },
    }]
  ) {
    assert.equal(kindOf(more), "left-out", JSON.stringify(more));
  }
  for (const more of [{ pleroma: { local: true } }, { quote: { id: "7", local_only: true } }]) {
    assert.equal(kindOf(more), "toot", JSON.stringify(more));
  }
});

Deno.test("the search for opt-outs reads only a limited part of a profile", () => {
  const long = { name: "long", value: `#${"\ufdfa".repeat(PROFILE_LENGTH / 4)}` };
  const fields = [...Array.from({ length: 8 }, () => long), { name: "late", value: "#nobot" }];
  const read = (more: object) => {
    const account = { acct: "ada", note: "", fields, ...more };
    const reading = toToot({ ...everything(), account }, CONTEXT);
    return reading.kind === "toot" ? reading.toot.withheld : null;
  };
  assert.equal(read({}), null);
  assert.equal(read({ fields: fields.slice(-3) }), "#nobot");
  assert.equal(read({ note: "#nobot" }), "#nobot", "the bio is read first");
});
