import assert from "node:assert/strict";
import fc from "fast-check";
import type { Toot } from "../../record/record.ts";
import { aStatus } from "../testing/status.ts";
import { keyedHash } from "../toot/hash.ts";
import { toToot } from "../toot/toot.ts";
import { jsonLine, plain } from "./plain.ts";
import { createScreen, type Device } from "./screen.ts";
import { openTerminalSink, tootJson, tootLine } from "./terminal.ts";

fc.configureGlobal({ seed: 1 });

function aToot(changes: Record<string, unknown> = {}): Toot {
  const reading = toToot(aStatus(1, changes), {
    baseURL: "https://bread.example",
    transport: "stream",
    observedAt: Date.UTC(2026, 1, 1, 12),
    consent: "opt-out",
    hashAuthors: false,
    hash: keyedHash(new Uint8Array(32)),
  });
  assert.ok(reading.kind === "toot");
  return reading.toot;
}

function aDevice(terminal: boolean, fail?: Error): Device & { text: () => string } {
  const written: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => {
    if (fail !== undefined) throw fail;
    const part = bytes.slice(0, 7); // A device may accept only a part of the bytes.
    written.push(part);
    return part.length;
  };
  return {
    write: (bytes) => Promise.resolve().then(() => write(bytes)),
    writeSync: write,
    isTerminal: () => terminal,
    text: () => new TextDecoder().decode(concat(written)),
  };
}

function concat(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

Deno.test("a line has time, server, language, app and first words, in the terminal's width", () => {
  const toot = aToot({ content: `<p>${"word ".repeat(50)}</p>` });
  const line = tootLine(toot, { columns: 80, color: false });
  assert.match(line, /^11:00:01 +bread\.example +en +Oven +word word .*…$/);
  assert.ok(line.length <= 80);
  assert.match(
    tootLine(aToot({ application: null }), { columns: 80, color: false }),
    / - +Loaf number 1$/,
  );
});

Deno.test("colours are used only if they are enabled", () => {
  const escape = "\x1b[";
  assert.ok(!tootLine(aToot(), { columns: 80, color: false }).includes(escape));
  assert.ok(tootLine(aToot(), { columns: 80, color: true }).includes(escape));
});

Deno.test("a toot that is withheld shows why, and nothing else", () => {
  const line = tootLine(aToot({ account: { acct: "ada", noindex: true } }), {
    columns: 80,
    color: false,
  });
  assert.match(line, /\(withheld: noindex\)$/);
  assert.doesNotMatch(line, /Loaf|ada|Oven/);
});

Deno.test("for a toot behind a content warning, the warning is shown instead of the text", () => {
  const toot = aToot({ spoiler_text: "\u202eYeast", content: "<p>SECRET</p>" });
  const line = tootLine(toot, { columns: 80, color: false });
  assert.match(line, /\(content warning: +Yeast\)$/);
  const { warning, text } = JSON.parse(tootJson(toot));
  assert.deepEqual([warning, text], ["Yeast", null]);
  const withheld = aToot({ spoiler_text: "Yeast", account: { acct: "ada", noindex: true } });
  assert.doesNotMatch(tootLine(withheld, { columns: 80, color: false }), /Yeast/);
  assert.doesNotMatch(tootJson(withheld), /Yeast/);
});

Deno.test("no toot can control the terminal", () => {
  const unsafe =
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFFFE\uFFFF]/;
  assert.equal(plain("a\uFFFEb\u{1FFFF}c", 20), "a b c");
  assert.equal(jsonLine({ app: "\uFFFF" }), '{"app":"\\uffff"}');
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 2, max: 60 }), (text, columns) => {
      const line = plain(text, columns);
      assert.doesNotMatch(line, unsafe);
      const marks = /[\p{M}\u200D]/gu; // These characters have no width.
      assert.ok([...line.replace(marks, "")].length <= columns);
      assert.ok(line.isWellFormed());
    }),
  );
  const evil = "\x1b]0;owned\x07\x1b[2J\u202e\u2066\u009b31m\n\r";
  const line = tootLine(
    aToot({ content: evil, language: evil, application: { name: evil } }),
    { columns: 80, color: false },
  );
  assert.doesNotMatch(line, unsafe);
  // In JSON these characters are escaped, so nothing is lost.
  const uri = `https://bread.example/${evil}`;
  const json = tootJson(aToot({ uri, language: evil, application: { name: evil } }));
  assert.doesNotMatch(json, unsafe);
  assert.equal(JSON.parse(json).uri, uri);
  assert.equal(JSON.parse(jsonLine("\u{E0041}\u200b")), "\u{E0041}\u200b");
});

Deno.test("with --log json each line is a JSON object", () => {
  const { time, server, language, app, words } = JSON.parse(tootJson(aToot()));
  assert.deepEqual({ time, server, language, app, words }, {
    time: "2026-02-01T11:00:01.000Z",
    server: "https://bread.example",
    language: "en",
    app: "Oven",
    words: 3,
  });
});

Deno.test("toots go to stdout, one line each, notices to stderr", async () => {
  const stdout = aDevice(false), stderr = aDevice(false);
  const screen = createScreen(stdout, stderr);
  const durable: number[] = [];
  const sink = openTerminalSink({
    screen,
    format: "text",
    color: false,
    columns: () => 100,
    onClosed: () => assert.fail(),
  }, (seq) => durable.push(seq));
  await sink.write({ seq: 1, toots: [aToot(), aToot()], deletions: [], coverage: [] });
  await sink.write({ seq: 2, toots: [], deletions: [], coverage: [] });
  screen.say("a notice");
  screen.status("not shown where there is no terminal");
  assert.equal(stdout.text().split("\n").length, 3);
  assert.equal(stderr.text(), "a notice\n");
  assert.deepEqual(durable, [1, 2]);
});

Deno.test("notices and toots are printed above the status line", async () => {
  const stdout = aDevice(true), stderr = aDevice(true);
  const screen = createScreen(stdout, stderr);
  screen.status("1 toot/s");
  screen.say("a notice");
  await screen.print("a toot\n");
  screen.status("");
  const clear = "\r\x1b[K";
  assert.equal(
    stderr.text(),
    `${clear}1 toot/s${clear}a notice\n1 toot/s${clear}1 toot/s${clear}`,
  );
  assert.equal(stdout.text(), "a toot\n");
});

Deno.test("if the reader closes the pipe, printing stops quietly", async () => {
  let closed = 0;
  const stdout = aDevice(false, new Deno.errors.BrokenPipe("pipe"));
  const sink = openTerminalSink({
    screen: createScreen(stdout, aDevice(false)),
    format: "text",
    color: false,
    columns: () => 100,
    onClosed: () => closed++,
  }, () => {});
  await sink.write({ seq: 1, toots: [aToot()], deletions: [], coverage: [] });
  await sink.write({ seq: 2, toots: [aToot()], deletions: [], coverage: [] });
  assert.equal(closed, 1);
});
