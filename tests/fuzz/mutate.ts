/**
 * Makes statuses, frames and pages that no honest server would send.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** Texts that replace a value in JSON. All of them are JSON. */
const VALUES: readonly string[] = [
  ...["null", "true", "false", "0", "-1", "1e400", "-0", "0.5", "116000000000000001"],
  ...["99999999999999999999", "[]", "{}", '""', '" "', "[null]", '{"0":null}', "[[[[]]]]"],
  ...['"2026-01-01"', '"9999-12-31T23:59:59.999Z"', '"0001-01-01T00:00:00Z"', '"-1"', '"NaN"'],
  ...['"2026-11-20T18:00:00"', '"+275760-09-13T00:00:00.001Z"', '"private"', '"direct"'],
  ...['"unlisted"', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\u202e\\u2066"', '"a:b"'],
  ...['"https://"', '"https://[::1]/"', '"http://a b/"', '"tag:x,2017:objectId=1"', '"//"'],
  ...['"javascript:alert(1)"', '"https://xn--/"', '"<p>"', '"<b><i></b></i>"', '"&#x110000;"'],
  ...['"&amp;&lt;&nbsp;&bogus;"', '"#nobot"', '"<!--"', '"<script>x</script>"', '"__proto__"'],
  ...['{"__proto__":{"id":"1"}}', '{"constructor":1}', '{"toString":null}', '{"length":9}'],
  ...['{"toString":1,"valueOf":1}', '[{"toString":1}]'],
];

/** Texts that are not JSON at all. */
const BROKEN: readonly string[] = [
  "undefined",
  "NaN",
  "'x'",
  "{",
  "]",
  "",
  "\ufeff1",
  "01",
  "{1:2}",
];

/** Functions that make a value that is too large for this file. Its size grows with `n`. */
const LARGE: readonly ((n: number) => string)[] = [
  (n) => `"${"u".repeat(n)}"`,
  (n) => `"${"😀".repeat(n >> 1)}"`,
  (n) => `"${"<b>".repeat(n >> 2)}"`,
  (n) => `"${"<b></i>".repeat(n >> 3)}"`,
  (n) => `[${"0,".repeat(n)}0]`,
  (n) => `[${'"a",'.repeat(n >> 1)}"a"]`,
  (n) => `${'{"0":'.repeat(n >> 2)}1${"}".repeat(n >> 2)}`,
  (n) => `${"[".repeat(n)}${"]".repeat(n)}`,
  (n) => "9".repeat(n),
  (n) => `"https://bread.example/${"x".repeat(n)}"`,
];

/** Mutates JSON text. */
export interface Mutator {
  /** Returns a status with one or two mutations. A few of them add a very large value. */
  status(json: string): string;
  /** Returns a line of a replay: a status, a frame with a status, or neither. */
  line(json: string): string;
  /** Returns a frame of the stream. A few are error frames, after which the stream ends. */
  frame(json: string): string;
  /** Returns an error frame, or the body of an answer that refuses a request. */
  error(): string;
  /** Returns a page with these statuses. */
  page(statuses: readonly string[]): string;
}

/** Creates a mutator that uses these random numbers. */
export function createMutator(random: Random): Mutator {
  const value = () => {
    if (random.chance(0.03)) return random.pick(LARGE)(1 << random.below(13));
    return random.pick(random.chance(0.02) ? BROKEN : VALUES);
  };
  /**
   * Returns the start and end of a randomly chosen value of this JSON: that of a property, or the
   * first one in an array.
   */
  const span = (json: string): [start: number, end: number] => {
    const starts = startsOfValues(json);
    if (starts.length === 0) return [0, json.length];
    const start = random.pick(starts);
    return [start, endOfValue(json, start)];
  };
  const mutations: readonly ((json: string) => string)[] = [
    // Replaces a value.
    (json) => {
      const [start, end] = span(json);
      return json.slice(0, start) + value() + json.slice(end);
    },
    // Replaces a value by a value from another place.
    (json) => {
      const [start, end] = span(json);
      const [from, to] = span(json);
      return json.slice(0, start) + json.slice(from, to) + json.slice(end);
    },
    // Adds a property, perhaps with a name that exists already.
    (json) => {
      const names = ["id", "uri", "account", "content", "created_at", "reblog", "tags", "0", "x"];
      return json.replace(/}$/, `,"${random.pick(names)}":${value()}}`);
    },
    // Renames a property.
    (json) => {
      const names = [...json.matchAll(/"(\w+)":/g)];
      if (names.length === 0) return json;
      const { index, 0: whole } = random.pick(names);
      return `${json.slice(0, index)}"y":${json.slice(index + whole.length)}`;
    },
    // Removes, adds or changes one or two characters.
    (json) => {
      const at = random.below(json.length + 1);
      const cut = random.below(3);
      const more = random.chance(0.5) ? String.fromCharCode(random.below(0x3000)) : "";
      return json.slice(0, at) + more + json.slice(at + cut);
    },
    // Cuts off the end.
    (json) => json.slice(0, random.below(json.length)),
    // Repeats a part.
    (json) => {
      const at = random.below(json.length), length = random.below(200);
      return json.slice(0, at + length) + json.slice(at);
    },
  ];
  // Most mutations should result in JSON, because other text is refused at once and tests little.
  const weights = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6];
  const mutate = (json: string) => {
    for (let times = 1 + random.below(2); times > 0; times--) {
      json = mutations[random.pick(weights)]!(json);
    }
    // A line feed would end a line of a replay.
    return json.replaceAll(/[\n\r]/g, " ");
  };
  const events = ["update", "status.update", "delete", "filters_changed", "x", "", "__proto__"];
  const mutator: Mutator = {
    status: mutate,
    error() {
      const event = random.chance(0.2) ? `"event":${value()},` : "";
      return `{${event}"error":${value()},"status":${value()}}`;
    },
    frame(json) {
      if (random.chance(0.005)) return mutator.error();
      const payload = random.chance(0.7) ? mutate(json) : json;
      if (random.chance(0.1)) {
        const id = random.chance(0.5)
          ? String(116_000_000_000_000_000n + BigInt(random.below(9_999)))
          : value();
        return `{"event":"delete","payload":${random.chance(0.7) ? JSON.stringify(id) : id}}`;
      }
      const event = random.chance(0.8)
        ? random.pick(["update", "status.update"])
        : random.pick(events);
      const quoted = random.chance(0.9)
        ? JSON.stringify(payload)
        : random.chance(0.5)
        ? payload
        : value();
      const frame = `{"stream":["public"],"event":${JSON.stringify(event)},"payload":${quoted}}`;
      return random.chance(0.15) ? mutate(frame) : frame;
    },
    line(json) {
      const kind = random.next();
      if (kind < 0.6) return mutate(json);
      if (kind < 0.7) return json;
      if (kind < 0.93) return mutator.frame(json);
      if (kind < 0.95) return `{"event":${value()},"error":${value()},"status":${value()}}`;
      return value().replaceAll(/[\n\r]/g, " ");
    },
    page(statuses) {
      const items = statuses.map((json) => random.chance(0.3) ? mutate(json) : json)
        .concat(random.chance(0.2) ? [value()] : []);
      const page = random.chance(0.8)
        ? `[${items.join(",")}]`
        : `{${items.map((item, i) => `"${i * 2}":${item}`).join(",")}}`;
      return random.chance(0.1) ? mutate(page) : page;
    },
  };
  return mutator;
}

/** Returns the indexes at which the values of properties and the first values of arrays begin. */
function startsOfValues(json: string): number[] {
  const starts: number[] = [];
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const c = json[at]!;
    if (quoted) {
      if (c === "\\") at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ":" || c === "[") starts.push(at + 1);
  }
  return starts;
}

/**
 * Returns the index after the JSON value that begins at `start`; the end of the text if the value
 * has no end.
 */
function endOfValue(json: string, start: number): number {
  let depth = 0, quoted = false;
  for (let at = start; at < json.length; at++) {
    const c = json[at]!;
    if (quoted) {
      if (c === "\\") at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") {
      if (depth === 0) return at;
      depth--;
    } else if (c === "," && depth === 0) return at;
  }
  return json.length;
}
