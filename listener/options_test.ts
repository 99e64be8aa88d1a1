import assert from "node:assert/strict";
import { Failure } from "../common/failure.ts";
import { type Options, parseOptions } from "./options.ts";

function parse(args: string, env: Record<string, string> = {}): Options {
  const options = parseOptions(args === "" ? [] : args.split(" "), (name) => env[name]);
  assert.ok(!("text" in options));
  return options;
}

/** Returns the error message, which must be one line. The exit code must be 2. */
function wrong(args: string, env: Record<string, string> = {}): string {
  try {
    parse(args, env);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 2);
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  assert.fail(`${args} was taken`);
}

Deno.test("without flags, the listener reads mastodon.social and writes data/lake, as the README says", () => {
  const { tokens, ...options } = parse("");
  assert.deepEqual([...tokens], [["https://mastodon.social", null]]);
  assert.deepEqual(options, {
    baseURLs: ["https://mastodon.social"],
    federated: false,
    since: 0,
    watchdog: null,
    contact: null,
    replay: null,
    limit: null,
    lake: "data/lake",
    flush: 60,
    kafka: null,
    topic: "mastodon-topic",
    metrics: null,
    data: "data",
    consent: "opt-out",
    hashAuthors: false,
    quiet: false,
    log: "text",
    color: true,
  });
});

Deno.test("the original's flags keep their meaning", () => {
  const { baseURLs, kafka, lake, federated, watchdog, quiet } = parse(
    "--baseURL https://mastodon.social --enableKafka --public --watchdog 30 --quiet",
  );
  assert.deepEqual(baseURLs, ["https://mastodon.social"]);
  assert.deepEqual(kafka, { brokers: ["localhost:9092"], registry: "http://localhost:8081" });
  assert.equal(lake, null, "a lake only where Kafka is not, unless one is named");
  assert.ok(federated && quiet);
  assert.equal(watchdog, 30);
});

Deno.test("--baseURL is repeatable, and duplicate servers are merged", () => {
  const { baseURLs } = parse("--baseURL Mstdn.jp --baseURL https://a.example/,mstdn.jp");
  assert.deepEqual(baseURLs, ["https://mstdn.jp", "https://a.example"]);
  assert.equal(parse("--baseURL http://localhost:4000").baseURLs[0], "http://localhost:4000");
});

Deno.test("the data folder is beside the lake, unless --data is set", () => {
  assert.equal(parse("--lake /x/y/lake").data, "/x/y");
  assert.equal(parse("--lake s3://mastodon").data, "data");
  assert.equal(parse("--enableKafka").data, "data");
  assert.equal(parse("--lake none").lake, null);
  assert.equal(parse("--lake s3://mastodon --data /d").data, "/d");
});

Deno.test("~ means the home folder, also if the shell did not expand it", () => {
  const { lake, data } = parse("--lake=~/toots", { HOME: "/home/ada" });
  assert.deepEqual({ lake, data }, { lake: "/home/ada/toots", data: "/home/ada" });
  assert.equal(parse("--data=~/kept", { HOME: "/home/ada" }).data, "/home/ada/kept");
});

Deno.test("durations are parsed with their units", () => {
  for (const [text, since] of [["0", 0], ["90s", 90_000], ["1.5h", 5_400_000], ["all", "all"]]) {
    assert.equal(parse(`--since ${text}`).since, since);
  }
});

Deno.test("a usage error is one line that names the flag and the value", () => {
  const lines: [args: string, line: string][] = [
    ["--foo", "--foo: unknown option"],
    ["--foo=bar", "--foo=bar: unknown option"],
    ["--qiet", "--qiet: unknown option (Did you mean --quiet?)"],
    ["toots", "unexpected argument 'toots'"],
    [
      "--baseURL ftp://a.example",
      "--baseURL: expected a URL such as https://fosstodon.org, got 'ftp://a.example'",
    ],
    [
      "--baseURL https://",
      "--baseURL: expected a URL such as https://fosstodon.org, got 'https://'",
    ],
    [
      "--baseURL https://a.example/@ada",
      "--baseURL: expected a server without a path, such as https://a.example, got 'https://a.example/@ada'",
    ],
    ["--baseURL", "--baseURL: expected a value, <url>"],
    [
      "--baseURL http://a.example,https://a.example",
      "--baseURL: 'a.example' is given with http and with https",
    ],
    ["--limit ten", "--limit: expected a whole number from 1 to 9007199254740991, got 'ten'"],
    ["--limit 0", "--limit: expected a whole number from 1 to 9007199254740991, got '0'"],
    ["--watchdog -1", "--watchdog: expected a whole number from 1 to 1000000, got '-1'"],
    [
      "--since soon",
      "--since: expected a duration such as 90s, 30m, 12h, 7d or 2w, or 'all', got 'soon'",
    ],
    ["--consent maybe", "--consent: expected opt-out, opt-in or none, got 'maybe'"],
    ["--log xml", "--log: expected text or json, got 'xml'"],
    ["--metrics x", "--metrics: expected [HOST:]PORT such as 9464, got 'x'"],
    ["--lake ftp://x", "--lake: expected a folder or s3://bucket, got 'ftp://x'"],
    ["--brokers a:b", "--brokers: expected HOST[:PORT], such as localhost:9092, got 'a:b'"],
    [
      "--topic a/b",
      "--topic: expected a topic of 1 to 230 letters, digits, '.', '_' and '-', got 'a/b'",
    ],
    ["--registry x", "--registry: expected a URL that begins with http:// or https://, got 'x'"],
    // The message does not repeat the password in the URL.
    [
      "--baseURL https://ada:s3cret@a.example",
      "--baseURL: the URL contains a password; set MASTODON_TOKEN instead",
    ],
    // Flags that do not fit together.
    ["--brokers a:1", "--brokers: only useful with --enableKafka"],
    ["--registry http://a:1", "--registry: only useful with --enableKafka"],
    ["--enableKafka --flush 5", "--flush: only useful with a lake"],
    ["--replay f --since 1h", "--since: cannot be combined with --replay 'f'"],
    ["--replay f --public", "--public: cannot be combined with --replay 'f'"],
    ["--replay f --token x", "--token: cannot be combined with --replay 'f'"],
    [
      "--replay f --baseURL a.example,b.example",
      "--baseURL: expected one server with --replay 'f'",
    ],
  ];
  for (const [args, line] of lines) assert.equal(wrong(args), line);
});

Deno.test("each flag has a variable, named in the help, and the flag wins", () => {
  const { text } = parseOptions(["--help"]) as { text: string };
  const flags = [...text.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, flag]) => flag!);
  const without = ["version", "help"];
  assert.ok(flags.length > 20);
  const flat = text.replace(/\s+/g, " ");
  for (const flag of flags.filter((flag) => !without.includes(flag))) {
    const name = flag === "no-color"
      ? "NO_COLOR"
      : `MASTODON_${flag.replace(/([a-z])([A-Z])/g, "$1_$2").replace("-", "_").toUpperCase()}`;
    assert.ok(flat.includes(name), `${name} for --${flag}`);
  }
  const env = {
    MASTODON_BASE_URL: "a.example, https://b.example",
    MASTODON_PUBLIC: "1",
    MASTODON_QUIET: "0",
    MASTODON_LIMIT: "5",
    MASTODON_CONSENT: "opt-in",
    MASTODON_HASH_AUTHORS: "true",
    MASTODON_SINCE: "2h",
    MASTODON_LAKE: "/l/lake",
    NO_COLOR: "1",
  };
  const options = parse("--limit 7", env);
  assert.deepEqual(options.baseURLs, ["https://a.example", "https://b.example"]);
  assert.ok(options.federated && !options.quiet && options.hashAuthors && !options.color);
  assert.equal(options.limit, 7);
  assert.equal(options.consent, "opt-in");
  assert.equal(options.since, 7_200_000);
  assert.equal(options.data, "/l");
  assert.equal(parse("", { MASTODON_LIMIT: "" }).limit, null, "empty is not there");
});

Deno.test("values of variables are checked like those of flags", () => {
  assert.equal(
    wrong("", { MASTODON_LIMIT: "x" }),
    "MASTODON_LIMIT: expected a whole number from 1 to 9007199254740991, got 'x'",
  );
  assert.equal(wrong("", { MASTODON_PUBLIC: "x" }), "MASTODON_PUBLIC: expected 1 or 0, got 'x'");
  assert.equal(
    wrong("", { MASTODON_CONSENT: "x" }),
    "MASTODON_CONSENT: expected opt-out, opt-in or none, got 'x'",
  );
});
