import assert from "node:assert/strict";
import type { ServerEvent } from "../event.ts";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";
import type { SocketEvents } from "./socket.ts";
import { openStream, type Stream } from "./stream.ts";

/** Opens a connection whose socket the test plays. */
function play() {
  const clock = createFakeClock();
  const abort = new AbortController();
  const others: string[] = [];
  const socket = { paused: false, closed: false };
  let events!: SocketEvents;
  const opening = openStream({
    url: "wss://bread.example/",
    headers: {},
    deps: {
      clock,
      openSocket(_url, _headers, given) {
        events = given;
        return {
          pause: () => void (socket.paused = true),
          resume: () => void (socket.paused = false),
          close() {
            if (socket.closed) return;
            socket.closed = true;
            queueMicrotask(() => given.closed(1006, ""));
          },
        };
      },
    },
    signal: abort.signal,
    quiet: 120_000,
    stallAfter: 60_000,
    other: (event) => others.push(event),
  });
  return { clock, abort, others, socket, events, opening };
}

async function open() {
  const played = play();
  played.events.opened();
  const opening = await played.opening;
  assert.ok("stream" in opening);
  return { ...played, stream: opening.stream as Stream };
}

const frame = (id: number, padding = 300) =>
  JSON.stringify({
    event: "update",
    payload: JSON.stringify({ id: String(id), content: "x".repeat(padding) }),
  });

Deno.test("waiting frames are returned together, but in limited numbers", async () => {
  const { stream, events, others } = await open();
  let ready = false;
  const waiting = stream.ready().then(() => ready = true);
  await Promise.resolve();
  assert.ok(!ready);
  for (let i = 0; i < 1_500; i++) events.frame(frame(i));
  events.frame("");
  events.frame(`{"event":"announcement"}`);
  events.frame(`{"event":"delete","payload":"1"}`);
  await waiting;
  const bursts: ServerEvent[][] = [];
  while (bursts.at(-1)?.length !== 0) bursts.push(stream.take());
  assert.equal(bursts.flat().length, 1_501);
  assert.deepEqual(bursts.flat().at(-1), { kind: "delete", id: "1" });
  assert.ok(bursts.every(({ length }) => length <= 1_000));
  assert.deepEqual(stream.take(), []);
  assert.deepEqual(others, ["announcement"]);
  await stream.close();
});

Deno.test("a slow reader pauses the socket, and its next read resumes it", async () => {
  const { stream, events, socket } = await open();
  for (let i = 0; i < 9; i++) events.frame(frame(i, 1024 * 1024));
  assert.ok(socket.paused);
  stream.take();
  assert.ok(!socket.paused);
  for (let i = 0; i <= 10_001; i++) events.frame(`{"event":"delete","payload":"${i}"}`);
  assert.ok(socket.paused, "many small ones too");
  let given = 0;
  while (socket.paused) given += stream.take().length;
  assert.ok(given >= 5_000 && given < 10_000);
  await stream.close();
});

Deno.test("after a minute without reads the socket is closed; buffered frames are still returned", async () => {
  const { stream, events, socket, clock } = await open();
  for (let i = 0; i < 9; i++) events.frame(frame(i, 1024 * 1024));
  clock.advance(59_999);
  assert.ok(!socket.closed);
  clock.advance(1);
  assert.ok(socket.closed);
  assert.equal(stream.ended?.cause, "nobody pulled for 60 s");
  assert.ok(stream.ended?.ours);
  assert.equal(stream.take().length, 9);
  await stream.close();
});

Deno.test("silence ends the stream, and the end says since when", async () => {
  const { stream, events, clock } = await open();
  events.frame(frame(1));
  const heard = clock.now();
  clock.advance(75_000);
  assert.equal(stream.ended?.cause, "no frame for 75 s");
  assert.equal(stream.ended?.heard, heard);
  assert.equal(stream.take().length, 1);
  await stream.close();
});

Deno.test("deletes do not count as a sign that statuses arrive", async () => {
  const { stream, events, clock } = await open();
  for (let second = 0; second < 120; second += 30) {
    clock.advance(30_000);
    events.frame(`{"event":"delete","payload":"7"}`);
  }
  assert.equal(stream.ended?.cause, "no status for 120 s");
  await stream.close();
});

Deno.test("an error frame ends the stream with its message", async () => {
  const { stream, events, socket } = await open();
  events.frame(frame(1));
  events.frame(`{"error":"gone","status":401}`);
  events.frame(frame(2));
  assert.equal(stream.take().length, 2);
  assert.deepEqual(stream.ended?.error, { kind: "error", status: 401, message: "gone" });
  assert.ok(socket.closed);
  await stream.close();
});

Deno.test("opening a stream reports a refused, a failed and a hanging connection", async () => {
  const refused = play();
  refused.events.refused(401, { "x-error-message": "no" });
  refused.events.closed(1006, "");
  assert.deepEqual(await refused.opening, {
    refused: { status: 401, headers: { "x-error-message": "no" } },
  });
  const failed = play();
  failed.events.closed(1006, "ECONNREFUSED");
  assert.deepEqual(await failed.opening, { failed: "closed 1006, ECONNREFUSED" });
  const late = play();
  late.clock.advance(20_000);
  assert.deepEqual(await late.opening, { failed: "no answer within 20 s" });
});

Deno.test("aborting ends the stream at once, open or connecting", async () => {
  const opening = play();
  opening.abort.abort();
  assert.deepEqual(await opening.opening, { failed: "aborted" });
  const { stream, abort, socket } = await open();
  const waiting = stream.ready();
  abort.abort();
  await waiting;
  assert.ok(socket.closed);
  assert.ok(stream.ended?.ours);
  await stream.close();
});
