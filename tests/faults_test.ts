/**
 * Runs the feed against every fault of the simulator. All statuses that a server published and
 * still has must arrive.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { GapEvent } from "../listener/mastodon/event.ts";
import { feed, type FeedOptions } from "../listener/mastodon/feed.ts";
import { createFakeClock, type FakeClock } from "../common/testing/fake-clock.ts";
import { type Reader, readFeed } from "../listener/mastodon/testing/reader.ts";
import {
  type Fault,
  type Federation,
  type FederationOptions,
  type SimulatedServer,
  startFederation,
} from "../simulator/mod.ts";

interface Scene {
  federation: Federation;
  server: SimulatedServer;
  clock: FakeClock;
  reader: Reader;
  /** Returns the uris of all statuses on the server's local timeline since the start. */
  published(): string[];
  /** Publishes this many statuses on the server. */
  publish(count: number): void;
  /** Resolves when all published statuses have arrived. */
  complete(): Promise<void>;
}

/** Runs a scene: a server, a feed that follows it, and a fault. */
async function play(
  act: (scene: Scene) => Promise<void>,
  { token = true, ...options }:
    & Partial<Omit<FeedOptions, "token">>
    & { token?: boolean; federation?: FederationOptions; before?: Fault } = {},
): Promise<void> {
  const clock = createFakeClock({ running: true });
  const federation = await startFederation({
    servers: 1,
    rateLimit: Infinity,
    pingEvery: 0,
    clock: clock.now,
    ...options.federation,
  });
  const server = federation.servers[0]!;
  const here = (uris: readonly { uri: string; home: string | null }[]) =>
    uris.filter(({ home }) => options.federated || home === server.baseURL).map(({ uri }) => uri);
  const abort = new AbortController();
  // The timeline is not empty at the start, so that the feed has a status to start from.
  publishLocal(1);
  const before = new Set(here(federation.truth()));
  if (options.before) await federation.fault(0, options.before);
  const reader = readFeed(feed({
    baseURL: server.baseURL,
    token: token ? server.token : null,
    federated: false,
    contact: "https://example.org",
    signal: abort.signal,
    ...options,
  }, { clock, random: () => 0 }));

  function publishLocal(count: number): void {
    for (let local = 0; local < count;) {
      if (federation.publish(1).some(({ home }) => home === server.baseURL)) local++;
    }
  }
  const tooLong = setTimeout(() => abort.abort(), 20_000);
  const published = () => here(federation.truth()).filter((uri) => !before.has(uri));
  try {
    await act({
      federation,
      server,
      clock,
      reader,
      published,
      publish: publishLocal,
      async complete() {
        const wanted = published();
        const missing = () => {
          const given = new Set(reader.uris());
          return wanted.filter((uri) => !given.has(uri)).length;
        };
        const winding = setInterval(() => clock.advance(1_000), 20);
        await reader.until(() => missing() === 0).catch((error) => {
          throw new Error(`${missing()} of ${wanted.length} never came`, { cause: error });
        }).finally(() => clearInterval(winding));
      },
    });
    abort.abort();
    await reader.done;
    assert.equal(clock.pending, 0, "timers are left");
  } finally {
    clearTimeout(tooLong);
    abort.abort();
    await reader.done.catch(() => {});
    await federation.close();
  }
}

/**
 * Resolves when the stream is open, has sent statuses, and the first sweeps are done. A sweep reads
 * the timeline by REST.
 */
async function flowing({ server, publish, published, reader, clock }: Scene): Promise<void> {
  const streamed = async () => {
    publish(2);
    const last = published().at(-1);
    await reader.until(() =>
      reader.statuses().some(({ transport, status }) =>
        transport === "stream" && (status as { uri: string }).uri === last
      )
    );
  };
  await server.followed();
  for (let burst = 0; burst < 8; burst++) await streamed();
  // Lets the first sweeps happen.
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    clock.advance(5_000);
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Returns the first reported gap. */
async function firstGap(reader: Reader): Promise<GapEvent> {
  await reader.until(() => reader.gaps().length > 0);
  return reader.gaps()[0]!;
}

/** The faults that cut or damage an open stream, and the expected cause of the gap. */
const CUTS: readonly { fault: Fault; cause: RegExp }[] = [
  { fault: { kind: "close", code: 1000 }, cause: /^closed 1000/ },
  { fault: { kind: "close", code: 1001 }, cause: /^closed 1001/ },
  { fault: { kind: "close", code: 1006 }, cause: /^closed 1006/ },
  { fault: { kind: "close", code: 1012 }, cause: /^closed 1012/ },
  { fault: { kind: "reset" }, cause: /^closed 1006/ },
  { fault: { kind: "error-frame", status: 500 }, cause: /^error 500/ },
];

for (const { fault, cause } of CUTS) {
  Deno.test(`${JSON.stringify(fault)}: missed statuses are filled`, () =>
    play(async (scene) => {
      const { federation, publish, reader, complete } = scene;
      await flowing(scene);
      await federation.fault(0, fault);
      publish(100);
      await complete();
      // After an error frame the socket is still open and its last frames are used, so nothing is
      // missed.
      if (fault.kind !== "error-frame") {
        const gap = await firstGap(reader);
        assert.match(gap.cause, cause);
        assert.equal(gap.filled, 100);
        assert.equal(gap.lost, 0);
      }
      publish(5);
      await complete();
    }));
}

Deno.test("a stream that ends inside a frame: missed statuses are filled", () =>
  play(async (scene) => {
    const { federation, publish, complete, reader } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "half-frame", count: 1 });
    publish(30);
    await complete();
    assert.match((await firstGap(reader)).cause, /^closed 1006/);
  }));

for (
  const fault of [{ kind: "silence" }, { kind: "half-frame", then: "stall", count: 1 }] as Fault[]
) {
  Deno.test(`${JSON.stringify(fault)}: statuses that the timeline shows meanwhile are filled`, () =>
    play(async (scene) => {
      const { federation, clock, publish, complete, reader, server } = scene;
      await flowing(scene);
      await federation.fault(0, fault);
      publish(60);
      assert.equal(server.counts().total, 1);
      clock.advance(20_000);
      await federation.heal(0);
      await complete();
      assert.match((await firstGap(reader)).cause, /^the stream left out statuses$/);
      const opened = () => reader.notices().filter((text) => text.endsWith("is open")).length;
      await reader.until(() => opened() === 2);
    }));
}

Deno.test("a silent stream that missed nothing is reconnected without a gap", () =>
  play(async (scene) => {
    const { federation, clock, reader } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "silence" });
    clock.advance(75_000);
    await federation.heal(0);
    await reader.until(() => reader.notices().some((text) => text.includes("no frame for 75 s")));
    const opened = () => reader.notices().filter((text) => text.endsWith("is open")).length;
    await reader.until(() => opened() === 2);
    await flowing(scene);
    assert.deepEqual(reader.gaps(), []);
  }));

Deno.test("a stream with pings but no statuses is reconnected after the watchdog's time", () =>
  play(async (scene) => {
    const { federation, clock, publish, complete, reader } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "mute" });
    clock.advance(60_000);
    await reader.until(() => reader.notices().some((text) => text.includes("no status for 60 s")));
    publish(60);
    await complete();
    assert.ok(reader.gaps().every(({ lost }) => lost === 0));
  }, { watchdog: 60 }));

Deno.test("statuses that a stream skipped for a while are found after it continues", () =>
  play(async (scene) => {
    const { federation, clock, publish, complete, reader } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "mute" });
    publish(100);
    await federation.heal(0);
    clock.advance(30_000);
    const { length } = reader.statuses();
    publish(1);
    await reader.until(() => reader.statuses().length > length);
    clock.advance(5_000);
    await complete();
    const gap = await firstGap(reader);
    assert.equal(gap.cause, "the stream left out statuses");
    assert.equal(gap.filled, 100);
  }));

Deno.test("skipped statuses are found even if the stream ends before they were checked", () =>
  play(async (scene) => {
    const { federation, clock, publish, complete, reader } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "mute" });
    publish(100);
    await federation.heal(0);
    clock.advance(30_000);
    const { length } = reader.statuses();
    publish(60);
    await reader.until(() => reader.statuses().length === length + 60);
    await federation.fault(0, { kind: "reset" });
    await complete();
  }));

Deno.test("frames that are empty, not JSON or of an unknown event do not stop the feed", () =>
  play(async (scene) => {
    const { federation, publish, complete, reader, server } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "invalid-json" });
    await federation.fault(0, { kind: "empty-frame" });
    await federation.fault(0, { kind: "unknown-event", count: 3 });
    await federation.fault(0, { kind: "frame", text: ":thump" });
    publish(10);
    await complete();
    assert.equal(reader.events.filter(({ kind }) => kind === "bad").length, 1);
    assert.equal(reader.notices().filter((text) => text.includes("tusk.polished")).length, 1);
    assert.equal(server.counts().total, 1, "no reconnect");
    assert.deepEqual(reader.gaps(), []);
  }));

Deno.test("an error frame that forbids is reported with what to do, and the feed continues", () =>
  play(async (scene) => {
    const { federation, reader, publish, complete } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "error-frame", status: 401, error: "Nope\u0007" });
    const told = /^127\.0\.0\.1:\d+ does not accept the token .*\(401, "Nope"\).*settings/;
    await reader.until(() => reader.notices().some((text) => told.test(text)));
    publish(10);
    await complete();
  }));

Deno.test("edits and deletes are passed on", () =>
  play(async (scene) => {
    const { federation, published, reader } = scene;
    await flowing(scene);
    // Takes two statuses that the feed has passed on. The simulator's own choice might be older
    // than the feed's start.
    const [toDelete, toEdit] = published().slice(-2);
    const edited = federation.edit(toEdit)!;
    const gone = federation.delete(toDelete)!;
    await reader.until(() => reader.events.some(({ kind }) => kind === "delete"));
    const ids = reader.events.filter((event) => event.kind === "delete").map(({ id }) => id);
    assert.deepEqual(ids, Object.values(gone.ids));
    const sightings = reader.statuses().map(({ status }) => status as Record<string, unknown>)
      .filter(({ uri }) => uri === edited.uri).map(({ edited_at }) => edited_at);
    assert.deepEqual([...new Set(sightings)].map((time) => time === null), [true, false]);
  }));

Deno.test("statuses sent twice, with nulls or with ids of another kind are all received", () =>
  play(async (scene) => {
    const { federation, publish, complete } = scene;
    await flowing(scene);
    await federation.fault(0, { kind: "duplicate" });
    await federation.fault(0, { kind: "nulls" });
    publish(20);
    await federation.fault(0, { kind: "ulid" });
    publish(60);
    await federation.fault(0, { kind: "reset" });
    publish(60);
    await complete();
  }));

Deno.test("late remote statuses with older ids are found after a gap", () =>
  play(async (scene) => {
    const { federation, server, complete, reader } = scene;
    await server.followed();
    federation.publish(40);
    await complete();
    await federation.fault(0, { kind: "late", held: 5 });
    federation.publish(50);
    await federation.fault(0, { kind: "reset" });
    federation.publish(50);
    await federation.heal(0);
    federation.publish(20);
    await complete();
    assert.equal((await firstGap(reader)).lost, 0);
  }, { federated: true, federation: { servers: 3, federates: 1 } }));

for (
  const fault of [
    { kind: "http", status: 500, count: 3 },
    { kind: "http", status: 503, count: 2, retryAfter: 0 },
    { kind: "http", status: 429, count: 1, resetIn: 30 },
    { kind: "http", status: 200, body: "half", count: 2 },
    { kind: "drop", count: 4 },
    { kind: "slow", by: 50, count: 5 },
    { kind: "http", status: 503, on: "stream", count: 2 },
    { kind: "http", status: 401, path: "/api/v1/timelines", count: 1 },
  ] as Fault[]
) {
  Deno.test(`${JSON.stringify(fault)} in the middle of filling a gap: nothing is lost`, () =>
    play(async (scene) => {
      const { federation, publish, complete } = scene;
      await flowing(scene);
      await federation.fault(0, fault);
      await federation.fault(0, { kind: "reset" });
      publish(200);
      await complete();
      publish(5);
      await complete();
    }));
}

Deno.test("after a server was down, its statuses are filled", () =>
  play(async (scene) => {
    const { federation, publish, complete, reader } = scene;
    await flowing(scene);
    const down = await federation.fault(0, { kind: "down" });
    await reader.until(() => reader.notices().some((text) => /opening|asking again/.test(text)));
    publish(50);
    down.clear();
    await complete();
    await federation.heal();
  }));

Deno.test("a stream refused with 401 is reported with what to do, and the timeline is polled", () =>
  play(async ({ reader, server, publish, complete }) => {
    const told = /does not accept the token .*\(401, .*settings\/applications/;
    await reader.until(() => reader.notices().some((text) => told.test(text)));
    assert.ok(!reader.notices().join().includes(server.token));
    publish(10);
    await complete();
    assert.ok(reader.statuses().some(({ transport }) => transport === "poll"));
  }, { before: { kind: "http", status: 401, on: "stream" } }));

/** Thrown to end a scene when the expected failure has occurred. */
class Seen extends Error {}
function seen(error: unknown): void {
  if (!(error instanceof Seen)) throw error;
}

Deno.test("without a token, a restricted timeline ends the feed and says how to get one", async (t) => {
  for (const version of ["4.5.3", "4.2.0"]) {
    await t.step(version, () =>
      play(async ({ reader }) => {
        await assert.rejects(reader.done, {
          name: "Failure",
          message: /only to people with an account .*make a token.*MASTODON_TOKEN_127_0_0_1_/,
        });
        throw new Seen();
      }, { token: false, federation: { version, access: "authenticated" } }).catch(seen));
  }
});

Deno.test("a disabled feed is a failure, not a quiet feed", async (t) => {
  for (const token of [true, false]) {
    await t.step(token ? "with a token" : "without a token", () =>
      play(async ({ reader }) => {
        await assert.rejects(reader.done, {
          name: "Failure",
          message: /has switched its local timeline off/,
        });
        throw new Seen();
      }, { token, before: { kind: "disabled" } }).catch(seen));
  }
});

Deno.test("a feed that is disabled while it is polled is retried", () =>
  play(async ({ reader, federation, publish, clock, complete }) => {
    await reader.until(() => reader.notices().some((text) => text.includes("is polled")));
    publish(20);
    clock.advance(10_000);
    await complete();
    await federation.fault(0, { kind: "disabled" });
    const winding = setInterval(() => clock.advance(5_000), 5);
    try {
      const off = /has switched its local timeline off/;
      await reader.until(() => reader.notices().some((text) => off.test(text)));
      publish(20);
      await federation.heal();
      await complete();
    } finally {
      clearInterval(winding);
    }
  }, { token: false }));

Deno.test("without a token the timeline is polled, and nothing is lost", () =>
  play(async ({ reader, publish, clock, complete, server }) => {
    await reader.until(() => reader.notices().some((text) => text.includes("is polled")));
    const winding = setInterval(() => clock.advance(5_000), 5);
    try {
      for (const count of [1, 5, 130]) {
        publish(count);
        await complete();
      }
    } finally {
      clearInterval(winding);
    }
    assert.ok(reader.statuses().every(({ transport }) => transport === "poll"));
    assert.equal(server.counts().total, 0);
  }, { token: false }));

for (const announced of [true, false]) {
  Deno.test(`a streaming host ${announced ? "named" : "redirected to"} is followed`, () =>
    play(async (scene) => {
      const { publish, complete, reader } = scene;
      await flowing(scene);
      publish(20);
      await complete();
      const last = reader.statuses().slice(-20);
      assert.ok(last.every(({ transport }) => transport === "stream"));
    }, { before: { kind: "moved-stream", announced } }));
}

Deno.test("--since begins as far back as requested, with ids of any kind", async (t) => {
  for (const ulid of [false, true]) {
    for (const since of [3 * 3_600_000, "all"] as const) {
      await t.step(`${since} ${ulid ? "ULID" : "snowflake"}`, async () => {
        const federation = await startFederation({
          servers: 1,
          history: ulid ? 0 : 6 * 3_600_000,
          perDay: 4_000,
          rateLimit: Infinity,
        });
        const server = federation.servers[0]!;
        if (ulid) {
          await federation.fault(0, { kind: "ulid" });
          federation.publish(300);
        }
        const abort = new AbortController();
        const begin = since === "all" ? 0 : Date.now() - since;
        const reader = readFeed(feed({
          baseURL: server.baseURL,
          token: null,
          federated: true,
          since,
          contact: "https://example.org",
          signal: abort.signal,
        }));
        try {
          await reader.until(() => reader.gaps().length === 1);
        } finally {
          abort.abort();
          await reader.done;
          await federation.close();
        }
        const wanted = federation.truth().filter(({ posted }) => posted >= begin + 1_000);
        const given = new Set(reader.uris());
        assert.ok(wanted.length > 100);
        assert.deepEqual(wanted.filter(({ uri }) => !given.has(uri)), []);
        const early = federation.truth().filter(({ posted }) => posted < begin - 1_000);
        assert.ok(early.every(({ uri }) => !given.has(uri)));
        assert.equal(given.size, reader.uris().length, "nothing twice");
      });
    }
  }
});
