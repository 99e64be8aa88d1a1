import assert from "node:assert/strict";
import { type CheckpointOptions, openCheckpoint, type Position } from "./checkpoint.ts";
import { createFakeClock } from "../../common/testing/fake-clock.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function optionsFor(folder: string): CheckpointOptions & { warnings: string[] } {
  const warnings: string[] = [];
  return {
    folder: `${folder}/checkpoints`,
    baseURL: "https://bread.example:8443",
    federated: false,
    sinks: ["lake data/lake"],
    warn: (message) => warnings.push(message),
    clock: createFakeClock({ start: Date.UTC(2026, 2, 1) }),
    warnings,
  };
}

const POSITION: Position = {
  id: "116000000000000007",
  time: Date.UTC(2026, 1, 1, 11, 0, 7),
  coveredUntil: Date.UTC(2026, 1, 1, 11, 0, 9),
};
const at = (id: string): Position => ({ id, time: null, coveredUntil: null });

Deno.test("the next run reads the saved checkpoint", () =>
  withFolder(async (folder) => {
    const options = optionsFor(folder);
    const checkpoint = await openCheckpoint(options);
    assert.equal(await checkpoint.read(), null);
    checkpoint.note(POSITION);
    await checkpoint.close();
    assert.match(checkpoint.path, /\/bread\.example_8443-local-[0-9a-f]{8}\.json$/);
    const again = await openCheckpoint(options);
    assert.deepEqual(await again.read(), POSITION);
    assert.deepEqual(options.warnings, []);
    assert.deepEqual(
      [...Deno.readDirSync(options.folder)].length,
      1,
      "no draft is left behind",
    );
  }));

Deno.test("a checkpoint in the future, or with an id that is not a cursor, is ignored", () =>
  withFolder(async (folder) => {
    const options = optionsFor(folder);
    const checkpoint = await openCheckpoint(options);
    const now = options.clock!.now();
    const year = 365 * 86_400_000;
    const files: [Record<string, unknown>, Position][] = [
      [{ last_id: String(BigInt(now + year) << 16n) }, { id: null, time: now, coveredUntil: null }],
      [{ last_id: "99999999999999999999" }, { id: null, time: now, coveredUntil: null }],
      [
        { last_id: POSITION.id, last_posted_at: new Date(now + year).toISOString() },
        { id: POSITION.id, time: Number(BigInt(POSITION.id!) >> 16n), coveredUntil: null },
      ],
      [
        { last_id: null, covered_until: new Date(now + year).toISOString() },
        { id: null, time: now, coveredUntil: null },
      ],
    ];
    await Deno.mkdir(options.folder);
    for (const [fields, position] of files) {
      await Deno.writeTextFile(
        checkpoint.path,
        JSON.stringify({
          base_url: options.baseURL,
          timeline: "local",
          last_posted_at: null,
          written_at: new Date(now).toISOString(),
          ...fields,
        }),
      );
      assert.deepEqual(await checkpoint.read(), position);
    }
    assert.deepEqual(options.warnings, []);
  }));

Deno.test("the checkpoint is written at most once a second, and at the end", () =>
  withFolder(async (folder) => {
    const clock = createFakeClock({ start: Date.UTC(2026, 2, 1) });
    const written: number[] = [];
    const options = { ...optionsFor(folder), clock, onWritten: (at: number) => written.push(at) };
    const checkpoint = await openCheckpoint(options);
    for (let n = 0; n < 100; n++) checkpoint.note(at(`${100 + n}`));
    assert.equal(written.length, 0);
    clock.advance(1_000);
    checkpoint.note(at("300"));
    await checkpoint.close();
    assert.equal(written.length, 2);
    assert.equal((await checkpoint.read())!.id, "300");
  }));

Deno.test("each combination of sinks and timeline has its own checkpoint", () =>
  withFolder(async (folder) => {
    const options = optionsFor(folder);
    const paths = await Promise.all([
      openCheckpoint(options),
      openCheckpoint({ ...options, federated: true }),
      openCheckpoint({ ...options, sinks: ["kafka localhost:9092/toots"] }),
      openCheckpoint({ ...options, sinks: ["lake data/lake", "kafka localhost:9092/toots"] }),
      openCheckpoint({ ...options, sinks: ["kafka localhost:9092/toots", "lake data/lake"] }),
    ]);
    assert.equal(new Set(paths.map(({ path }) => path)).size, 4, "the order of sinks is none");
  }));

Deno.test("a corrupt checkpoint is set aside with a warning, and the run continues without it", () =>
  withFolder(async (folder) => {
    const options = optionsFor(folder);
    const checkpoint = await openCheckpoint(options);
    await Deno.mkdir(options.folder);
    const sound = {
      base_url: options.baseURL,
      timeline: "local",
      last_id: "1",
      last_posted_at: null,
    };
    const texts = [
      "",
      "null",
      "{",
      "[]",
      JSON.stringify({ ...sound, base_url: "https://butter.example" }),
      JSON.stringify({ ...sound, timeline: "public" }),
      JSON.stringify({ ...sound, last_id: 116000000000000000 }),
      JSON.stringify({ ...sound, last_id: "../../etc" }),
      "\0".repeat(200),
    ];
    for (const text of texts) {
      await Deno.writeTextFile(checkpoint.path, text);
      assert.equal(await checkpoint.read(), null, text);
      assert.match(options.warnings.pop()!, /The checkpoint ".*" .*; it is set aside as/);
      await assert.rejects(Deno.stat(checkpoint.path), Deno.errors.NotFound);
    }
    await Deno.writeTextFile(checkpoint.path, JSON.stringify(sound));
    assert.deepEqual(await checkpoint.read(), { id: "1", time: null, coveredUntil: null });
    assert.deepEqual(options.warnings, []);
  }));

Deno.test("if the checkpoint cannot be written, the run warns, continues, and ends with an error", () =>
  withFolder(async (folder) => {
    const clock = createFakeClock({ start: Date.UTC(2026, 2, 1) });
    await Deno.writeTextFile(`${folder}/checkpoints`, "in the way");
    const options = { ...optionsFor(folder), clock };
    const checkpoint = await openCheckpoint(options);
    checkpoint.note(POSITION);
    clock.advance(1_000);
    await assert.rejects(checkpoint.close(), /Cannot write the checkpoint/);
    assert.equal(options.warnings.length, 1);
  }));
