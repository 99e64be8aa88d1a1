import assert from "node:assert/strict";
import { avroType, TOOT_RECORD } from "../record/avro.ts";
import { Failure } from "../common/failure.ts";
import { openRegistry, RegistryAway } from "./registry.ts";

/** Runs a registry with one subject on a loopback port, which records the requests. */
async function withRegistry(
  answer: (request: string, body: unknown) => [number, unknown],
  run: (url: string, asked: string[]) => Promise<void>,
) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const text = await request.text();
    const question = `${request.method} ${new URL(request.url).pathname}`;
    asked.push(text.includes("compatibility") ? `${question} ${text}` : question);
    const [status, body] = answer(question, text === "" ? null : JSON.parse(text));
    return Response.json(body, { status });
  });
  try {
    await run(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

const nothing = { error_code: 40401, message: "Subject not found" };
const none = () => undefined;

Deno.test("a new subject gets the schema, then the level BACKWARD", async () => {
  await withRegistry((question) => {
    if (question.startsWith("GET")) return [404, nothing];
    return question.startsWith("POST") ? [200, { id: 7 }] : [200, { compatibility: "BACKWARD" }];
  }, async (url, asked) => {
    assert.equal(await openRegistry(url, none).register("t-value", TOOT_RECORD), 7);
    assert.deepEqual(asked.slice(-2), [
      "POST /subjects/t-value/versions",
      'PUT /config/t-value {"compatibility":"BACKWARD"}',
    ]);
  });
});

Deno.test("a subject with level NONE is set to BACKWARD before it gets a schema", async () => {
  let level = "NONE";
  await withRegistry((question, body) => {
    if (question === "GET /config/t-value") return [200, { compatibilityLevel: level }];
    if (question === "GET /subjects/t-value/versions") return [200, [1]];
    if (question.startsWith("PUT")) level = (body as { compatibility: string }).compatibility;
    return [200, { id: 7 }];
  }, async (url, asked) => {
    await openRegistry(url, none).register("t-value", TOOT_RECORD);
    const put = asked.findIndex((question) => question.startsWith("PUT"));
    const post = asked.findIndex((question) => question.startsWith("POST"));
    assert.ok(put >= 0 && put < post, asked.join("; "));
  });
});

Deno.test("registration works if another listener sets the level at the same moment", async () => {
  let level = "NONE", conflicts = 1;
  await withRegistry((question, body) => {
    if (question === "GET /config/t-value") return [200, { compatibilityLevel: level }];
    if (question === "GET /subjects/t-value/versions") return [200, [1]];
    if (question.startsWith("PUT")) {
      level = (body as { compatibility: string }).compatibility;
      if (conflicts-- > 0) return [409, {}];
    }
    return [200, { id: 7 }];
  }, async (url) => {
    assert.equal(await openRegistry(url, none).register("t-value", TOOT_RECORD), 7);
    assert.equal(level, "BACKWARD");
  });
});

Deno.test("listeners that start at the same time all register", async () => {
  // At the first request of our client, the subject does not exist. Then another client registers
  // the subject, but does not set the level yet.
  let asked = 0;
  let level: string | null = null;
  await withRegistry((question, body) => {
    if (question === "GET /config/t-value") {
      if (++asked === 2) level = "NONE";
      return level === null ? [404, nothing] : [200, { compatibilityLevel: level }];
    }
    if (question === "GET /subjects/t-value/versions") {
      return level === null ? [404, nothing] : [200, [1]];
    }
    if (question.startsWith("PUT")) level = (body as { compatibility: string }).compatibility;
    return [200, { id: 7 }];
  }, async (url) => {
    assert.equal(await openRegistry(url, none).register("t-value", TOOT_RECORD), 7);
    assert.equal(level, "BACKWARD");
  });
});

Deno.test("a subject with a stricter level keeps it", async () => {
  await withRegistry((question) => {
    return question.startsWith("GET")
      ? [200, { compatibilityLevel: "FULL_TRANSITIVE" }]
      : [200, { id: 7 }];
  }, async (url, asked) => {
    assert.equal(await openRegistry(url, none).register("t-value", TOOT_RECORD), 7);
    assert.ok(!asked.some((question) => question.startsWith("PUT")), asked.join("; "));
  });
});

Deno.test("the error for a refused schema is one line that names the field", async () => {
  const before = JSON.parse(TOOT_RECORD.schema);
  before.fields[5].type = "int";
  before.fields[5].default = 0;
  await withRegistry((question) => {
    if (question.endsWith("/latest")) return [200, { schema: JSON.stringify(before) }];
    if (question.startsWith("GET")) return [200, { compatibilityLevel: "BACKWARD" }];
    return [409, { error_code: 409, message: "incompatible with an earlier schema" }];
  }, async (url) => {
    await assert.rejects(
      openRegistry(url, none).register("t-value", TOOT_RECORD),
      (error) =>
        error instanceof Failure && error.exitCode === 1 &&
        error.message === `the registry refuses our schema for 't-value' (BACKWARD): ` +
            `field 'base_url' is "string" and was "int"`,
    );
  });
});

Deno.test("an unreachable registry is reported as unreachable, one that refuses as a failure", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const registry = openRegistry(`http://127.0.0.1:${port}`, none);
  await assert.rejects(registry.register("t-value", TOOT_RECORD), RegistryAway);
  await assert.rejects(registry.writer(1), RegistryAway);
  await assert.rejects(registry.check(), RegistryAway);
  await withRegistry(() => [503, { message: "starting" }], async (url) => {
    await assert.rejects(openRegistry(url, none).register("t-value", TOOT_RECORD), RegistryAway);
    await assert.rejects(openRegistry(url, none).writer(1), RegistryAway);
  });
  await withRegistry(() => [401, { message: "who are you" }], async (url) => {
    await assert.rejects(openRegistry(url, none).register("t-value", TOOT_RECORD), (error) => {
      return error instanceof Failure && /KAFKA_REGISTRY_USERNAME/.test(error.message);
    });
  });
});

Deno.test("another service at the registry's address is reported, and not taken for an empty registry", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("<h1>Not found</h1>", { status: 404 }),
  );
  const registry = openRegistry(`http://127.0.0.1:${server.addr.port}`, none);
  try {
    await assert.rejects(registry.check(), /no schema registry answers at/);
    await assert.rejects(registry.writer(1), /no schema registry answers at/);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a schema id returns its writer's type, or null if unknown", async () => {
  await withRegistry((question) => {
    if (question === "GET /schemas/ids/7") return [200, { schema: TOOT_RECORD.schema }];
    if (question === "GET /schemas/ids/8") {
      return [200, { schema: `{"type":"object"}`, schemaType: "JSON" }];
    }
    if (question === "GET /schemas/ids/9") return [200, { schema: "not a schema" }];
    return [404, { error_code: 40403, message: "Schema not found" }];
  }, async (url, asked) => {
    const registry = openRegistry(url, none);
    const writer = await registry.writer(7);
    assert.ok(writer!.equals(avroType(TOOT_RECORD.schema)));
    assert.equal(await registry.writer(6), null);
    assert.equal(await registry.writer(8), null, "JSON Schema is not Avro");
    assert.equal(await registry.writer(9), null);
    await registry.writer(7);
    assert.equal(asked.filter((question) => question.endsWith("/7")).length, 1, "asked once");
  });
});

Deno.test("name and password are not sent in the URL", () => {
  assert.throws(
    () => openRegistry("http://ada:secret@localhost:8081", none),
    (error) => error instanceof Failure && error.exitCode === 2 && !/secret/.test(error.message),
  );
  assert.throws(
    () => openRegistry("localhost:8081", none),
    /--registry: expected .* got 'localhost:8081'/,
  );
});
