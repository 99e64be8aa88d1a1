import assert from "node:assert/strict";
import { openPrivacy } from "./open-privacy.ts";
import { openOptOuts } from "./opt-out-file.ts";
import { toToot } from "./toot.ts";

const never = { warn: (message: string) => assert.fail(message) };

async function inFolder(test: (data: string) => void | Promise<void>): Promise<void> {
  const data = await Deno.makeTempDir();
  try {
    await test(data);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

Deno.test("a copy from another server is withheld after a restart too, and no name is kept", () =>
  inFolder(async (data) => {
    const read = async (baseURL: string, account: object, write = true) => {
      const options = { consent: "opt-out", hashAuthors: false, data } as const;
      const privacy = await openPrivacy(options, { ...never, write });
      const status = {
        ...{ id: "1", uri: "https://bread.example/users/ada/statuses/1", visibility: "public" },
        ...{ created_at: "2026-02-01T12:00:00Z", content: "<p>Rye</p>", account },
      };
      const observedAt = Date.UTC(2026, 1, 1, 12);
      const reading = toToot(status, { ...privacy, baseURL, transport: "poll", observedAt });
      return reading.kind === "toot" && reading.toot.withheld;
    };
    const copy = { acct: "ada@bread.example", username: "ada" };
    const own = { acct: "ada", username: "ada", noindex: true };
    assert.equal(await read("https://bread.example", own, false), "noindex");
    assert.equal(await read("https://butter.example", copy), null, "a replay writes nothing");
    assert.equal(await read("https://bread.example", own), "noindex");
    assert.equal(await read("https://butter.example", copy), "known:noindex");
    const text = await Deno.readTextFile(`${data}/opt-outs.txt`);
    assert.match(text, /^hmac-sha256:\S+ https:\/\/bread\.example noindex\n$/);
  }));

Deno.test("an opt-out is reported when it is new, also if nothing is written", () =>
  inFolder(async (data) => {
    for (const write of [false, true, true]) {
      const reported: string[] = [];
      const known = (await openPrivacy({ consent: "opt-out", hashAuthors: false, data }, {
        ...{ ...never, write },
        onNew: (authorKey) => reported.push(authorKey),
      })).optOuts!;
      const isKnown = known.reasonOf("ada") !== null;
      for (let n = 0; n < 3; n++) known.note("https://bread.example", "ada", "noindex");
      assert.deepEqual(reported, isKnown ? [] : ["ada"]);
    }
  }));

Deno.test("the file stays bounded, and a truncated line is ignored", () =>
  inFolder(async (data) => {
    const path = `${data}/opt-outs.txt`;
    const lines = () => Deno.readTextFileSync(path).split("\n").length - 1;
    const known = openOptOuts(path, { ...never, most: 10 });
    known.note("https://bread.example", "ada", "noindex");
    for (let n = 0; n < 1_000; n++) {
      known.note("https://evil.example", `key${n}`, "#nobot");
      known.note("https://evil.example", `key${n}`, "#nobot");
      assert.ok(lines() <= 20);
    }
    await Deno.writeTextFile(path, "cy https://bread.exam", { append: true });
    const again = openOptOuts(path, { ...never, most: 10 });
    assert.equal(again.reasonOf("ada"), "noindex");
    assert.equal(again.reasonOf("key999"), "#nobot");
    assert.equal(again.reasonOf("key0"), null);
    assert.equal(again.reasonOf("cy"), null);
    assert.ok(lines() <= 10);
  }));

Deno.test("a file that cannot be written causes one warning", () =>
  inFolder(async (data) => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const known = openOptOuts(`${data}/missing/opt-outs.txt`, { warn });
    for (const key of ["ada", "bo"]) known.note("https://bread.example", key, "noindex");
    assert.equal(known.reasonOf("bo"), "noindex");
    assert.equal(warnings.length, 1);
    await Deno.mkdir(`${data}/opt-outs.txt`);
    assert.throws(() => openOptOuts(`${data}/opt-outs.txt`, { warn }), { name: "Failure" });
  }));
