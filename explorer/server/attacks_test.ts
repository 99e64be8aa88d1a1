import assert from "node:assert/strict";
import { connect } from "node:net";
import { splitAnswers } from "../data/answers.ts";
import { fewDays, withLake } from "../testing/lake.ts";
import { assertPolicy } from "../testing/policy.ts";
import { withServer } from "../testing/serve.ts";

interface Answer {
  status: number;
  text: string;
}

/** Sends a request as plain text, because `fetch` does not let a program choose the `Host`. */
function raw(url: string, head: string[], body = ""): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write([...head, "connection: close", "", body].join("\r\n"));
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      resolve({ status: Number(text.split(" ")[1]), text });
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

async function query(url: string, sql: string, type = "arrow"): Promise<Answer> {
  const response = await fetch(`${url}/query`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type, sql }),
  });
  return { status: response.status, text: await response.text() };
}

Deno.test("only the page's own host and origin are answered", () =>
  withLake(fewDays(20), (location) =>
    withServer({ location }, async (url) => {
      const host = new URL(url).host;
      const ok = await raw(url, ["GET /about HTTP/1.1", `host: ${host}`]);
      assert.equal(ok.status, 200);
      const rebound = await raw(url, ["GET /about HTTP/1.1", "host: evil.example:8088"]);
      assert.equal(rebound.status, 421, "DNS rebinding");
      for (const strange of ["localhost:99999", "127.0.0.1:80:80", "[", "[::1%25lo]:80"]) {
        const { status, text } = await raw(url, ["GET /about HTTP/1.1", `host: ${strange}`]);
        assert.equal(status, 400, strange);
        assert.match(text, /content-security-policy/, "as every answer");
      }
      const other = await raw(url, [
        "GET /about HTTP/1.1",
        `host: ${host}`,
        "origin: https://evil.example",
      ]);
      assert.equal(other.status, 403, "another origin");
      const cross = await raw(url, [
        "GET /about HTTP/1.1",
        `host: ${host}`,
        "sec-fetch-site: cross-site",
      ]);
      assert.equal(cross.status, 403, "another site without an origin");
      const form = await raw(url, [
        "POST /query HTTP/1.1",
        `host: ${host}`,
        "content-type: text/plain",
        "content-length: 2",
      ], "{}");
      assert.equal(form.status, 415, "what a form can send");
    })));

Deno.test("every answer forbids inline scripts, texts as HTML, and other hosts", () =>
  withLake(fewDays(20), (location) =>
    withServer({ location, page: true }, async (url) => {
      for (const path of ["/", "/page.js", "/about", "/nothing"]) {
        const response = await fetch(`${url}${path}`);
        await response.body?.cancel();
        assertPolicy(response.headers.get("content-security-policy"), {
          "default-src": "'none'",
          "script-src": "'self'",
          "style-src": "'self'",
          "img-src": "'self' data:",
          "connect-src": "'self'",
          "manifest-src": "'self'",
          "base-uri": "'none'",
          "form-action": "'none'",
          "frame-ancestors": "'none'",
          "require-trusted-types-for": "'script'",
          "trusted-types": "'none'",
        });
        assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
      }
    })));

Deno.test("on other addresses a token is needed, and leaves the address bar", () =>
  withLake(
    fewDays(20),
    (location) =>
      withServer({ location, token: "secret-token" }, async (url) => {
        const none = await fetch(`${url}/about`);
        assert.equal(none.status, 401);
        await none.body?.cancel();
        const wrong = await fetch(`${url}/?token=secret-tokem`, { redirect: "manual" });
        assert.equal(wrong.status, 401);
        await wrong.body?.cancel();
        const right = await fetch(`${url}/?token=secret-token&language=English`, {
          redirect: "manual",
        });
        await right.body?.cancel();
        assert.equal(right.status, 303);
        assert.equal(right.headers.get("location"), "/?language=English");
        const elsewhere = await fetch(`${url}//evil.example/?token=secret-token`, {
          redirect: "manual",
        });
        await elsewhere.body?.cancel();
        assert.equal(elsewhere.headers.get("location"), "/");
        const cookie = right.headers.get("set-cookie")!;
        assert.match(cookie, /HttpOnly; SameSite=Strict/);
        const about = await fetch(`${url}/about`, { headers: { cookie: cookie.split(";")[0]! } });
        await about.body?.cancel();
        assert.equal(about.status, 200);
      }),
  ));

const REFUSED = [
  "copy toot to '/tmp/explorer-attack.csv'",
  "attach '/tmp/explorer-attack.db'",
  "select * from read_text('/etc/passwd')",
  "select * from '/etc/passwd'",
  "select * from glob('/etc/*')",
  "install httpfs",
  "load httpfs",
  "set threads = 1",
  "pragma database_list",
  "drop table toot",
  "delete from toot",
  "insert into word values ('x', 1)",
  "create table mine as select 1",
  "select 1; select 2",
  "with a as (select * from read_blob('/etc/passwd')) select * from a",
  "select * from (with a as (select getenv('HOME')) select * from a)",
  "/* select */ copy (select 1) to '/tmp/explorer-attack.csv'",
  "create macro f() as 1",
  "select * from duckdb_secrets()",
  "select * from saved_file",
  "select * from toot where exists (select 1 from author)",
  "select * from main.toot",
  "select * from 'incoming/added.parquet'",
  "select * from duckdb_settings()",
  "select * from information_schema.tables",
  "select current_setting('memory_limit')",
  "select getvariable('x')",
  "select * from query('select 1')",
  "with recursive a as (select 1 as n union all select n from a) select count(*) from a",
  "select count(*) from range(1000000000000)",
  "select count(*) from toot, toot as b, toot as c, toot as d",
  "select count(*) from toot union all select count(*) from toot",
  "select unnest(range(10000000000))",
  "select repeat('x', 1000000000)",
  "select 1 where (select count(*) from read_text('/etc/passwd')) > 0",
  "select count(*) filter (where exists (select 1 from read_csv('/etc/passwd'))) from toot",
  // These take DuckDB long before it runs them. Nothing can interrupt it then.
  `select ${"/*".repeat(9_000)} 1`,
  "select 1 -- and a comment",
  "select e'\\'/*' from toot",
  "select $1",
  "select $a$ text $a$",
  "select count(*) from toot group by cube(language, app, server, heard, account, media)",
  `select count(*) from toot group by grouping sets (${
    Array.from({ length: 500 }, (_, n) => `(id % ${n + 2})`)
  })`,
  `select ${Array.from({ length: 61 }, () => "id")} from toot`,
  "select *, * from (select *, * from toot)",
  `select ${
    [1, 2, 3, 4].reduce(
      (inner, n) => `(select max(id) from toot as t${n} where t${n}.id > ${inner})`,
      "(select min(id) from toot)",
    )
  }`,
  // An answer would repeat these in each of its rows.
  `select '${"x".repeat(101)}' from toot`,
  "select columns('(a*)*b') from toot",
  "select count(*) over (order by id) from toot",
  "select 'abc'[1:2]",
  "select '[1]'::JSON",
  "select null::INTEGER[][][]",
  "select ?",
  `select ${"9".repeat(5_000)}`,
];

Deno.test("a statement that is not a count over the explorer's tables is refused", () =>
  withLake(fewDays(20), (location) =>
    withServer({ location }, async (url) => {
      assert.equal((await query(url, "select count(*) as n from toot")).status, 200);
      for (const sql of REFUSED) {
        const { status, text } = await query(url, sql);
        assert.equal(status, 400, `${sql}: ${text}`);
        assert.match(text, /^statement refused: [^\n]+\n$/);
        // The same statement in a request with a second, valid statement.
        const several = await fetch(`${url}/queries`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ sqls: ["select count(*) as n from toot", sql] }),
        });
        const [fine, refused] = splitAnswers(await several.arrayBuffer());
        assert.ok(fine instanceof Uint8Array);
        assert.match(String(refused), /^statement refused: /);
      }
      const cubes = [
        "create table mosaic.preagg_1 as select 1",
        'CREATE SCHEMA IF NOT EXISTS "mosaic";\nCREATE TABLE IF NOT EXISTS "mosaic"."preagg_1" AS ' +
        "SELECT * FROM read_text('/etc/passwd')",
        'CREATE SCHEMA IF NOT EXISTS "mosaic";\nCREATE TABLE IF NOT EXISTS "mosaic"."preagg_1" AS ' +
        "SELECT 1; COPY toot TO '/tmp/explorer-attack.csv'",
        'DROP SCHEMA IF EXISTS "mosaic" CASCADE',
      ];
      for (const sql of cubes) {
        const { status, text } = await query(url, sql, "exec");
        assert.equal(status, 400, `${sql}: ${text}`);
      }
      await assert.rejects(Deno.stat("/tmp/explorer-attack.csv"), Deno.errors.NotFound);
    })));

/** Compares each toot with each other one, which takes long but little memory. */
const ENDLESS = "select count(*) from toot where id > (select max(id) from toot as other " +
  "where other.id <> toot.id or other.length_bin <> toot.length_bin)";

Deno.test("an endless query is stopped, and the next one is answered", () =>
  withLake(
    fewDays(20_000),
    (location) =>
      withServer({ location, limits: { time: 100 } }, async (url) => {
        const began = performance.now();
        const { status, text } = await query(url, ENDLESS);
        assert.equal(status, 422, text);
        assert.equal(text, "the query took longer than 0.1 s and was stopped\n");
        assert.ok(performance.now() - began < 5_000);
        assert.equal((await query(url, "select count(*) as n from toot")).status, 200);
      }),
  ));

Deno.test("a query that takes too much memory is stopped, and the next one is answered", () =>
  withLake(
    fewDays(8_000),
    (location) =>
      withServer({ location, limits: { time: 600_000, memory: "100MB" } }, async (url) => {
        // Even without joins, nested subqueries that run for each row would take very much.
        const nested = (depth: number): string =>
          depth === 0
            ? "select count(*) from toot as t0"
            : `select sum((${nested(depth - 1)} where t${
              depth - 1
            }.length_bin <> t${depth}.length_bin
              or t${depth - 1}.id > t${depth}.id)) from toot as t${depth}`;
        const { status, text } = await query(url, nested(3));
        assert.equal(status, 422, text);
        assert.match(text, /^Out of Memory Error: [^\n]+\n$/);
        assert.equal((await query(url, "select count(*) as n from toot")).status, 200);
      }),
  ));

Deno.test("a long statement, a large body and a large answer are refused", () =>
  withLake(
    fewDays(600),
    (location) =>
      withServer({ location, limits: { values: 100 } }, async (url) => {
        const long = await query(url, `select ${"1 + ".repeat(30_000)} 1`);
        assert.equal(long.status, 400);
        assert.match(long.text, /at most 20000 characters/);

        const host = new URL(url).host;
        const declared = await raw(url, [
          "POST /query HTTP/1.1",
          `host: ${host}`,
          "content-type: application/json",
          "content-length: 104857600",
        ], '{"sql":"');
        assert.equal(declared.status, 413, "100 MB, as its length says");

        // If the length is not known, the bytes are counted while they arrive.
        const counted = await raw(url, [
          "POST /query HTTP/1.1",
          `host: ${host}`,
          "content-type: application/json",
          "transfer-encoding: chunked",
        ], `100000\r\n${" ".repeat(0x100000)}\r\n`);
        assert.equal(counted.status, 413, "no length, and it goes on");

        for (const sql of ["select id from toot", "select * from toot limit 10"]) {
          const values = await query(url, sql);
          assert.equal(values.status, 422, sql);
          assert.match(values.text, /at most 100 values/);
        }
      }),
  ));

Deno.test("an invalid body is refused as the client's error, and the answer reveals no internals", () =>
  withLake(fewDays(20), (location) =>
    withServer({ location }, async (url) => {
      const deep = `{"sql": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
      const strange =
        '{"sql": {"toString": 1}, "word": {"toString": 1}, "sqls": [{"toString": 1}]}';
      for (const path of ["/query", "/queries", "/toots", "/word"]) {
        for (
          const body of [
            ...["null", "1", "[]", "{", '{"ids": 5}', '{"ids": [{}]}', '{"sqls": {}}'],
            ...[deep, strange],
          ]
        ) {
          const response = await fetch(`${url}${path}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body,
          });
          const text = await response.text();
          const said = `${path} ${body.slice(0, 80)}: ${response.status} ${text}`;
          assert.ok([200, 400].includes(response.status), said);
        }
      }
    })));

Deno.test("queries are stopped when their page no longer waits for the answer", () =>
  withLake(
    fewDays(8_000),
    (location) =>
      withServer({ location, limits: { time: 60_000 } }, async (url) => {
        const ask = (sqls: string[], signal: AbortSignal) =>
          fetch(`${url}/queries`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ sqls }),
            signal,
          });
        // A long body arrives later than the headers, so Deno has to read the connection again.
        const padded = `select 1 where '${"x".repeat(100)}' = '' or ${
          "1 = 1 and ".repeat(200)
        }true`;
        const many = Array.from({ length: 20 }, (_, n) => `${ENDLESS} and id > ${n}`);
        for (const sqls of [[ENDLESS], many, [padded, ENDLESS]]) {
          const controller = new AbortController();
          // Each connection of the database gets at least one statement.
          const asked = Array.from({ length: 4 }, () => ask(sqls, controller.signal));
          const read = asked.map(async (response) => await (await response).arrayBuffer());
          await ask(["select 1"], AbortSignal.timeout(500)).catch(() => {});
          controller.abort();
          await Promise.allSettled(read);
          const response = await ask(["select 1"], AbortSignal.timeout(20_000));
          assert.ok(splitAnswers(await response.arrayBuffer())[0] instanceof Uint8Array);
        }
      }),
  ));

Deno.test("withheld toots show no text, name or address, and --no-text shows no texts at all", () =>
  withLake(fewDays(60), async (location) => {
    const ask = async (url: string, path: string, body: unknown) =>
      await (await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      })).text();
    const ids = async (url: string) => {
      const { tableFromIPC } = await import("@uwdata/flechette");
      const response = await fetch(`${url}/query`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: "arrow", sql: "select id from toot limit 60" }),
      });
      return tableFromIPC(await response.arrayBuffer()).getChild("id")!.toArray() as string[];
    };
    await withServer({ location }, async (url) => {
      const toots = JSON.parse(await ask(url, "/toots", { ids: await ids(url) }));
      const withheld = toots.filter(({ withheld }: { withheld: boolean }) => withheld);
      assert.equal(withheld.length, 3);
      for (const { text, author, url } of withheld) {
        assert.deepEqual([text, author, url], [null, null, null]);
      }
      assert.match(
        await ask(url, "/toots", { ids: ["1) or true --"] }),
        /^expected at most 100 ids/,
      );
    });
    await withServer({ location, texts: false }, async (url) => {
      const toots = JSON.parse(await ask(url, "/toots", { ids: await ids(url) }));
      assert.ok(toots.every(({ text }: { text: string | null }) => text === null));
      assert.match(await ask(url, "/word", { word: "balloon" }), /--no-text/);
    });
  }));
