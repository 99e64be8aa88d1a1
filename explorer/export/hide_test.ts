import assert from "node:assert/strict";
import fc from "fast-check";
import { type CountedToot, findLeaks, nameOf } from "../testing/differencing.ts";
import { authorsOf, type Cell, FEWEST_AUTHORS } from "./cell.ts";
import { hideSmall } from "./hide.ts";

fc.configureGlobal({ seed: 77 });

/** Counts toots by every two dimensions. */
function count(toots: readonly CountedToot[]): Cell[] {
  const cells = new Map<string, { n: number; people: [bigint, bigint]; name: string[] }>();
  const authors = [...new Set(toots.map(({ author }) => author))];
  for (const { author, values } of toots) {
    const all = Object.entries({ all: ["all"], ...values });
    const bit = 1n << BigInt(authors.indexOf(author));
    all.forEach(([a, some], at) => {
      for (const [b, others] of all.slice(at)) {
        for (const value of some) {
          for (const other of a === b ? [value] : others) {
            const name = [a, value, b, other];
            const key = name.join("\0");
            const cell = cells.get(key) ?? { n: 0, people: [0n, 0n], name };
            cells.set(key, { name, n: cell.n + 1, people: [cell.people[0] | bit, 0n] });
          }
        }
      }
    });
  }
  return [...cells.values()].map(({ name: [a, value, b, other], n, people }) => ({
    ...{ a: a!, value: value!, b: b!, other: other!, n, people, shown: false },
  }));
}

/** A toot; the hours and the bars of the time are tied, and so are missing replies and quotes. */
const drawn = fc.record({
  author: fc.nat(25),
  time: fc.nat(11),
  language: fc.nat(40),
  app: fc.nat(30),
  old: fc.nat(20),
  reply: fc.boolean(),
  hashtags: fc.uniqueArray(fc.nat(6), { maxLength: 2 }),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/**
 * Returns the values of a toot. With `islands`, each app has either only polled or only streamed
 * toots, and some toots lack the server that they were heard from.
 */
function counted(drawn: Drawn, islands: boolean): CountedToot {
  const { author, time, language, app, old, reply, hashtags } = drawn;
  const polled = language % 3 === 0;
  // Small numbers are more frequent, as in a lake.
  const often = (n: number) => String(Math.floor(Math.sqrt(n)));
  return {
    author: `person${islands ? author % 19 : author}`,
    values: {
      slot: [time === 0 ? "" : String(time)],
      week_hour: [String(Math.floor(time / 3))],
      language: [often(language)],
      app: [!islands ? often(app) : polled ? `polled ${app % 3}` : `${language % 3} ${often(app)}`],
      reply: [old === 0 ? "not stated" : String(reply)],
      quote: [old === 0 ? "not stated" : String(language % 5 === 1)],
      ...(islands
        ? {
          transport: [polled ? "poll" : "stream"],
          heard: [time < 6 ? "a" : author < 3 ? "" : "b"],
        }
        : {}),
      hashtag: hashtags.map(String),
    },
  };
}

const toots = (islands: boolean, minLength = 60) =>
  fc.array(drawn, { minLength, maxLength: 400, size: "max" })
    .map((all) => all.map((one) => counted(one, islands)));

const namesOf = (cells: readonly Cell[]) =>
  new Set(cells.map(({ a, value, b, other }) => nameOf(a, value, b, other)));

const hasAuthors = ({ people }: Cell) => authorsOf(people) >= FEWEST_AUTHORS;

for (const islands of [false, true]) {
  const name = islands ? "if all toots of an app arrived in one way" : "from the published counts";
  Deno.test(`nobody can compute a count of fewer than five authors ${name}`, () => {
    let shown = 0, all = 0;
    fc.assert(
      fc.property(toots(islands), (toots) => {
        const cells = count(toots);
        hideSmall(cells);
        const published = cells.filter(({ shown }) => shown);
        shown += published.length;
        all += cells.filter(hasAuthors).length;
        assert.ok(published.every(hasAuthors));
        assert.deepEqual(findLeaks(toots, namesOf(published)), []);
      }),
      { numRuns: 30, endOnFailure: true },
    );
    assert.ok(shown > all / (islands ? 4 : 2), `${shown} of ${all} counts are published`);
  });
}

Deno.test("hiding only the small counts would not be enough", () => {
  const [some] = fc.sample(toots(false, 300), 1);
  assert.notDeepEqual(findLeaks(some!, namesOf(count(some!).filter(hasAuthors))), []);
});
