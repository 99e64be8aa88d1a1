import assert from "node:assert/strict";
import { openSocket } from "./socket.ts";
import { startServer } from "../testing/server.ts";

/** Opens a socket and records its events. */
function listen(url: string, headers: Record<string, string> = {}) {
  const told: string[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = openSocket(url, headers, {
    opened: () => void told.push("opened"),
    refused: (status, { "x-error-message": message }) => void told.push(`${status} ${message}`),
    frame: (text) => void told.push(text),
    sign: () => void told.push("sign"),
    closed(code) {
      told.push(`closed ${code}`);
      resolve();
    },
  });
  return { told, socket, closed };
}

Deno.test("the socket yields frames, pings and the close; the token is sent in the header", async () => {
  await using server = await startServer({
    socket(socket, { headers, url }) {
      assert.equal(headers.authorization, "Bearer s3cret");
      assert.ok(!url!.includes("s3cret"));
      socket.ping();
      socket.send("one");
      socket.close(1012);
    },
  });
  const headers = { Authorization: "Bearer s3cret" };
  const { told, closed } = listen(server.baseURL.replace("http", "ws"), headers);
  await closed;
  assert.deepEqual(told, ["opened", "sign", "one", "closed 1012"]);
});

Deno.test("a refused upgrade reports its status and message", async () => {
  await using server = await startServer({
    refuse: () => ({ status: 401, headers: { "X-Error-Message": "no" } }),
  });
  const { told, closed } = listen(server.baseURL.replace("http", "ws"));
  await closed;
  assert.deepEqual(told, ["401 no", "closed 1006"]);
});

Deno.test("a broken connection and a failed one both end with code 1006", async () => {
  let url = "";
  {
    await using server = await startServer({ socket: (socket) => socket.terminate() });
    url = server.baseURL.replace("http", "ws");
    const { told, closed } = listen(url);
    await closed;
    assert.equal(told.at(-1), "closed 1006");
  }
  const { told, closed } = listen(url);
  await closed;
  assert.deepEqual(told, ["closed 1006"]);
});

Deno.test("a paused socket reports nothing until it is resumed", async () => {
  const { promise: sent, resolve } = Promise.withResolvers<void>();
  await using server = await startServer({
    socket(socket) {
      setTimeout(() => {
        socket.send("late");
        resolve();
      }, 5);
    },
  });
  const { told, socket, closed } = listen(server.baseURL.replace("http", "ws"));
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve));
  socket.pause();
  await sent;
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(told, ["opened"]);
  socket.resume();
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve));
  assert.equal(told[1], "late");
  socket.close();
  await closed;
});
