import assert from "node:assert/strict";
import { TOOT_COLUMNS } from "../../record/record.ts";
import { parseJson } from "./json.ts";
import type { Consent } from "./consent.ts";
import { keyedHash } from "./hash.ts";
import { createOptOuts } from "./known-opt-outs.ts";
import { type Reading, type TootContext, toToot } from "./toot.ts";

const GOLDEN = new URL("golden/", import.meta.url);
const update = Deno.env.get("UPDATE_GOLDEN") === "1";

/** What the cases of golden/ are read with, save what their context.json says otherwise. */
const CONTEXT: TootContext = {
  baseURL: "https://bread.example",
  transport: "stream",
  observedAt: Date.UTC(2026, 1, 1, 12),
  consent: "opt-out",
  hashAuthors: false,
  hash: keyedHash(new Uint8Array(32)),
};

/** A reading as golden/README.md writes it: BigInt as a string. */
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

Deno.test("a record holds nothing of the author where it is withheld", () => {
  const status = parseJson(readCase("noindex", "status.json")!) as Record<string, unknown>;
  const reading = JSON.stringify(written(toToot(status, CONTEXT)));
  assert.match(reading, /"withheld":"noindex"/);
  for (const trace of ["ada", "bread.example/", "116000000000000", "Rye", "rye"]) {
    assert.ok(!reading.includes(trace), `${trace} in ${reading}`);
  }
});

Deno.test("with --hash-authors an author has one name, and no address gives it away", () => {
  const status = parseJson(readCase("everything", "status.json")!) as Record<string, unknown>;
  const read = (account: object) =>
    toToot({ ...status, account }, { ...CONTEXT, hashAuthors: true });
  const local = read({ acct: "ada", username: "ada" });
  const remote = read({ acct: "ada@bread.example", username: "ada" });
  assert.ok(local.kind === "toot" && remote.kind === "toot");
  assert.equal(local.toot.author, remote.toot.author);
  assert.equal(local.toot.username, local.toot.author);
  const { mastodon_text: _, ...rest } = local.toot;
  assert.ok(!JSON.stringify(Object.values(rest).map(String)).includes("ada"));
});

Deno.test("who opted out at home is withheld in the copies of other servers too", () => {
  const status = parseJson(readCase("everything", "status.json")!) as Record<string, unknown>;
  const optOuts = createOptOuts(10);
  const read = (account: object, consent: Consent = "opt-out") => {
    const reading = toToot({ ...status, account }, { ...CONTEXT, consent, optOuts });
    return reading.kind === "toot" && reading.toot.withheld;
  };
  const copy = { acct: "ada@bread.example", username: "ada", indexable: true };
  assert.equal(read(copy), null);
  assert.equal(read({ acct: "ada", username: "ada", noindex: true }), "noindex");
  assert.equal(read(copy), "noindex");
  assert.equal(read({ ...copy, acct: "bo@bread.example" }), null);
  assert.equal(read(copy, "none"), null);
  assert.equal(read({ acct: "cy", indexable: false }, "opt-in"), "not indexable");
  assert.equal(read({ acct: "cy@bread.example" }), null, "who said nothing has not said no");
});

Deno.test("whatever is no status is bad, and says why", () => {
  for (const status of [null, undefined, 1, "x", [], true]) {
    assert.deepEqual(toToot(status, CONTEXT), {
      kind: "bad",
      reason: "the status is no JSON object",
    });
  }
  assert.equal(toToot({}, CONTEXT).kind, "left-out");
});
