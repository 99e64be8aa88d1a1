/**
 * Tests the coverage of each minute if a listener is killed, loses its stream, is rate-limited or
 * is refused for a minute and a half, while the server goes on posting.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ServerEvent } from "../../event.ts";
import { feed, type FeedOptions } from "../../feed.ts";
import { createGivenStatuses } from "../../given-statuses.ts";
import { type Reader, readFeed } from "../../testing/reader.ts";
import { type Post, post } from "../../testing/timeline.ts";
import { createWorld, type World } from "../../testing/world.ts";

const MINUTE = 60_000;
/**
 * The seconds of the trouble and of the test: the trouble begins in the third minute and ends in
 * the fourth.
 */
const BEGIN = 130, END = 220, LENGTH = 360;
/**
 * From the end of the trouble on, a forgetful server shows only the statuses of this many seconds.
 */
const SHOWN = 30;

interface Player {
  readonly world: World;
  /** Milliseconds since 1970. */
  readonly begin: number;
  /** True if the streams do not get the statuses. */
  deaf: boolean;
  /** Starts the listener. */
  start(): void;
  /** Stops the listener without any cleanup. */
  kill(): void;
}

interface Trouble {
  readonly polled?: boolean;
  readonly begin: (player: Player) => void;
  readonly end: (player: Player) => void;
  readonly forgets?: boolean;
}

async function rest(): Promise<void> {
  for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setTimeout(resolve));
}

/** Returns the worst outcome of each minute, like the view `covered_minute`. */
function minutes(events: readonly ServerEvent[], begin: number): string {
  const worst = ["-", "covered", "filled", "lost"];
  return Array.from({ length: LENGTH / 60 - 1 }, (_, i) => {
    const from = begin + i * MINUTE, until = from + MINUTE;
    const ranks = events.map((event) =>
      event.kind === "coverage" && event.from < until && event.until > from
        ? worst.indexOf(event.outcome)
        : 0
    );
    return worst[Math.max(0, ...ranks)];
  }).join(" ");
}

/**
 * Lets a listener read a server that posts every second, and returns the outcome of each minute.
 */
async function play(trouble: Trouble): Promise<string> {
  const { polled = false, forgets = false } = trouble;
  const world = createWorld();
  const { clock } = world;
  clock.advance(MINUTE - clock.now() % MINUTE);
  const begin = clock.now();
  const given = createGivenStatuses();
  const told: ServerEvent[] = [];
  let reader: Reader | null = null, abort = new AbortController();
  let hidden: Post[] = [];

  const player: Player = {
    ...{ world, begin, deaf: false },
    start() {
      const spans = told.filter((event) => event.kind === "coverage");
      const times = [...given.entries()].map(([, { at }]) => at);
      const until = spans.length === 0 ? null : Math.max(...spans.map(({ until }) => until));
      abort = new AbortController();
      const options: FeedOptions = world.options({
        token: polled ? null : "s3cret",
        signal: abort.signal,
        memory: { given, begin: given.begin },
        resume: times.length === 0
          ? null
          : { id: null, time: Math.max(...times), coveredUntil: until },
      });
      reader = readFeed(feed(options, world.deps));
    },
    kill() {
      told.push(...reader!.events);
      reader = null;
      abort.abort();
    },
  };
  player.start();
  await rest();
  for (let second = 0; second < LENGTH; second++) {
    if (second === BEGIN) trouble.begin(player);
    if (second === END) trouble.end(player);
    const status = post(clock.now());
    world.timeline.posts.push(status);
    const payload = JSON.stringify(status);
    for (const socket of world.sockets.filter(({ closedByUs }) => !closedByUs)) {
      if (!player.deaf) socket.frame(JSON.stringify({ event: "update", payload }));
    }
    clock.advance(1_000);
    await rest();
    const isForgetting = forgets && second >= END - 1;
    const all = [...hidden, ...world.timeline.posts];
    const shown = isForgetting ? clock.now() - SHOWN * 1_000 : 0;
    hidden = all.filter(({ created_at }) => Date.parse(created_at) < shown);
    world.timeline.posts = all.filter(({ created_at }) => Date.parse(created_at) >= shown);
  }
  player.kill();
  await rest();
  return minutes(told, begin);
}

const killed: Trouble = { begin: (player) => player.kill(), end: (player) => player.start() };
const deafened: Trouble = {
  begin: (player) => player.deaf = true,
  end: (player) => player.deaf = false,
};
const answerWith = (status: number, headers?: HeadersInit) => ({ world }: Player) => {
  world.intercept = () =>
    Response.json({ error: "no" }, headers ? { status, headers } : { status });
};
const answer = ({ world }: Player) => {
  world.intercept = () => undefined;
};
const rateLimited: Trouble = {
  polled: true,
  begin: answerWith(429, { "Retry-After": String(END - BEGIN + 2) }),
  end: answer,
};
const shutOut: Trouble = {
  begin(player) {
    answerWith(401)(player);
    player.world.refuses = 401;
    for (const socket of player.world.sockets) {
      socket.closedByUs = true;
      socket.closed(1006, "");
    }
  },
  end(player) {
    answer(player);
    player.world.refuses = null;
  },
};

const FILLED = "covered covered filled filled covered";
const LOST = "covered covered lost lost covered";

for (
  const [name, trouble, filled, lost] of [
    ["killed", killed, FILLED, LOST],
    // During this trouble the timeline is swept, so a forgetful server loses nothing.
    ["deafened", deafened, FILLED, FILLED],
    ["rate-limited", rateLimited, FILLED, LOST],
    ["shut out", shutOut, FILLED, LOST],
  ] as const
) {
  Deno.test(`${name} for two minutes: the coverage shows it to the minute`, async () => {
    assert.equal(await play(trouble), filled);
  });
  Deno.test(`${name}, by a server that drops old statuses: the coverage shows it to the minute`, async () => {
    assert.equal(await play({ ...trouble, forgets: true }), lost);
  });
}
