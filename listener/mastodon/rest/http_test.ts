import assert from "node:assert/strict";
import { systemClock } from "../../../common/clock.ts";
import { ANSWER_VALUES } from "../../limits.ts";
import { createHttp, NetworkError } from "./http.ts";
import { startServer } from "../testing/server.ts";
import { createFakeClock } from "../../../common/testing/fake-clock.ts";

const deps = { clock: systemClock, fetch };
const never = new AbortController().signal;
const bearer = { headers: { Authorization: "Bearer s3cret" } };

function http(options: Partial<Parameters<typeof createHttp>[0]> = {}) {
  return createHttp({
    deps,
    userAgent: "us/1.0 (+https://example.org)",
    signal: never,
    ...options,
  });
}

Deno.test("an answer of any status is an answer, with its headers in lower case", async () => {
  await using server = await startServer({
    request(request, response) {
      assert.equal(request.headers["user-agent"], "us/1.0 (+https://example.org)");
      assert.equal(request.headers.authorization, "Bearer s3cret");
      response.writeHead(429, { "X-RateLimit-REMAINING": "0", "RETRY-after": "7" });
      response.end(`{"id":116000000000000001}`);
    },
  });
  const answer = await http().get(`${server.baseURL}/api/v1/x`, bearer);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers["x-ratelimit-remaining"], "0");
  assert.equal(answer.headers["retry-after"], "7");
  assert.deepEqual(answer.data, { id: "116000000000000001" });
});

Deno.test("a body that is not JSON is returned as text", async () => {
  await using server = await startServer({
    request: (_, response) => response.end(`[{"id":"1`),
  });
  assert.equal((await http().get(`${server.baseURL}/api/`)).data, `[{"id":"1`);
});

Deno.test("redirects of the API are followed only within its host and port; those of nodeinfo anywhere", async () => {
  await using there = await startServer({
    request(request, response) {
      response.end(JSON.stringify({ there: request.headers.authorization ?? null }));
    },
  });
  await using here = await startServer({
    request({ url = "" }, response) {
      const [, , kind] = url.split("/");
      const to = {
        "port": `http://127.0.0.1:${there.port}/api/x`,
        "host": `http://localhost:${there.port}/api/x`,
        "loop": url,
      }[kind!] ?? `http://localhost:${there.port}/nodeinfo`;
      response.writeHead(301, { Location: to }).end("moved");
    },
  });
  const get = (path: string, options = {}) => http().get(`${here.baseURL}${path}`, options);
  for (const kind of ["port", "host"]) {
    const stays = await get(`/api/${kind}`, bearer);
    assert.equal(stays.status, 301, "another server may lie on another port");
    assert.match(String(stays.headers.location), new RegExp(`:${there.port}/`));
  }
  assert.equal((await get("/api/loop")).status, 301);
  assert.deepEqual((await get("/.well-known/nodeinfo")).data, { there: null });
});

Deno.test("a late or incomplete answer is an error that does not contain the token", async (t) => {
  const clock = createFakeClock({ running: true });
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  await using server = await startServer({
    request({ url, socket }, response) {
      if (url === "/api/reset") return socket.destroy();
      if (url === "/api/half") response.writeHead(200).write("[");
      resolve();
    },
  });
  const fails = async (path: string, reason: RegExp, wind = false) => {
    const answer = http({ deps: { clock, fetch } }).get(`${server.baseURL}${path}`, bearer);
    answer.catch(() => {});
    if (wind) {
      await asked;
      await new Promise((resolve) => setTimeout(resolve));
      clock.advance(30_000);
    }
    await assert.rejects(answer, (error: unknown) => {
      assert.ok(error instanceof NetworkError);
      assert.match(error.message, reason);
      assert.ok(!Deno.inspect(error, { depth: 9 }).includes("s3cret"));
      return true;
    });
    assert.equal(clock.pending, 0);
  };
  await t.step("silence", () => fails("/api/silence", /no answer within 30 s/, true));
  await t.step("half a body", () => fails("/api/half", /no answer within 30 s/, true));
  await t.step("a reset", () => fails("/api/reset", /./));
});

Deno.test("a refused connection is an error", async () => {
  const server = await startServer({});
  await server[Symbol.asyncDispose]();
  await assert.rejects(http().get(`${server.baseURL}/api/`), {
    name: "NetworkError",
    message: /refused/i,
  });
});

Deno.test("aborting ends a request at once", async () => {
  const abort = new AbortController();
  await using server = await startServer({ request: () => abort.abort() });
  await assert.rejects(http({ signal: abort.signal }).get(`${server.baseURL}/api/`), NetworkError);
});

Deno.test("a redirect from https down to http is not followed; up to https it is", async () => {
  const asked: string[] = [];
  const get = async (from: string, to: string) => {
    asked.length = 0;
    const play = (url: string) => {
      asked.push(url);
      const answer = asked.length === 1
        ? new Response(null, { status: 301, headers: { Location: to } })
        : Response.json({ reached: url });
      return Promise.resolve(answer);
    };
    return await http({ deps: { clock: systemClock, fetch: play } }).get(from, bearer);
  };
  for (const path of ["/api/v1/timelines/public", "/nodeinfo/2.0"]) {
    const answer = await get(`https://bread.example${path}`, `http://bread.example${path}`);
    assert.equal(answer.status, 301, path);
    assert.deepEqual(asked, [`https://bread.example${path}`]);
  }
  const up = await get("http://bread.example/api/x", "https://bread.example/api/x");
  assert.deepEqual(up.data, { reached: "https://bread.example/api/x" });
});

Deno.test("no chain of redirects takes a token to another host", async () => {
  const home = "https://bread.example";
  const evil = "https://evil.example/x";
  const chains: [from: string, ...to: string[]][] = [
    ["/api/v1/x", "/x", evil],
    ["/api/v1/x", "/x", `${home}/y`, evil],
    ["/api/v1/x", "/x", "//evil.example/x", `${home}/api/v1/x`],
    ["/x", "/api/v1/x", evil],
    ["/api/v1/x", "/x", "https://bread.example:8443/x"],
    ["/api/v1/x", "/x", "https://user@evil.example/x"],
  ];
  for (const [from, ...to] of chains) {
    const asked: string[] = [];
    const play = (url: string) => {
      asked.push(url);
      const Location = to[asked.length - 1];
      return Promise.resolve(
        Location === undefined
          ? Response.json([])
          : new Response(null, { status: 302, headers: { Location } }),
      );
    };
    const options = { deps: { clock: systemClock, fetch: play } };
    const { status } = await http(options).get(home + from, bearer);
    assert.equal(status, 302, from);
    assert.ok(asked.length >= 2, "redirects within the host are followed");
    assert.deepEqual(asked.filter((url) => new URL(url).host !== "bread.example"), []);
  }
});

Deno.test("a body beyond the limit is not read to its end", async () => {
  let sent = 0;
  const chunk = new Uint8Array(1024 * 1024).fill(0x5b);
  const body = () => new ReadableStream({ pull: (to) => (sent++, to.enqueue(chunk)) });
  const play = () => Promise.resolve(new Response(body()));
  const asking = http({ deps: { clock: systemClock, fetch: play } }).get("https://bread.example/");
  await assert.rejects(asking, /the answer is too long/);
  assert.ok(sent <= 11, `${sent} MB were read`);
});

Deno.test("an answer of more values than memory should hold is not parsed", async () => {
  const get = (body: string) => {
    const play = () => Promise.resolve(new Response(body));
    return http({ deps: { clock: systemClock, fetch: play } }).get("https://bread.example/");
  };
  const many = (value: string, count: number) => `[${new Array(count).fill(value).join(",")}]`;
  for (const value of ["{}", "0", '{"a":[]}', "null"]) {
    await assert.rejects(get(many(value, ANSWER_VALUES + 1)), /too many values/, value);
  }
  const { data } = await get(many("0", 100_000));
  assert.equal(data.length, 100_000);
  const text = "[,{".repeat(ANSWER_VALUES);
  assert.deepEqual((await get(JSON.stringify([text]))).data, [text], "a text is one value");
});
