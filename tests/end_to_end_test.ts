/**
 * Tests a small simulated federation, a real listener in a separate process, and the lake.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createViews, openLake } from "../lake/mod.ts";
import { startFederation, type Truth } from "../simulator/mod.ts";
import { covered } from "./covered.ts";

const MAIN = new URL("../listener/main.ts", import.meta.url).pathname;

/** A toot of the view. */
interface Row {
  uri: string;
  base_url: string;
  withheld: string | null;
  mastodon_text: string | null;
  username: string | null;
  author: string | null;
  app: string | null;
  url: string | null;
  language: string;
  characters: number;
  bot: boolean;
  edited: bigint | null;
}

async function viewOf(location: string): Promise<Row[]> {
  const lake = await openLake({ location });
  try {
    await createViews(lake);
    return await lake.query<Row>(
      "select *, epoch_ms(edited_at) as edited from mastodon_toot order by uri",
    );
  } finally {
    await lake.close();
  }
}

const lines = (text: string) => text.split("\n").map((line) => line.trim()).join("\n").trim();

Deno.test("the view shows exactly what was published, edited and deleted", async () => {
  const folder = await Deno.makeTempDir();
  const federation = await startFederation({
    servers: 2,
    history: 3_600_000,
    perDay: 4_800,
    outside: 0,
    rateLimit: Infinity,
    deletes: 0,
    edits: 0.1,
  });
  const { servers } = federation;
  const started = Date.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-A",
        MAIN,
        "--since",
        "all",
        "--lake",
        `${folder}/lake`,
        "--flush",
        "1",
        "--log",
        "json",
      ],
      ...servers.flatMap(({ baseURL }) => ["--baseURL", baseURL]),
    ],
    env: Object.fromEntries(servers.map(({ baseURL, token }) => [
      `MASTODON_TOKEN_${new URL(baseURL).host.replace(/\D/g, "_")}`,
      token,
    ])),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    let printed = 0;
    const stdout = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (text) => void (printed += text.split("\n").length - 1) }),
    );
    const stderr = child.stderr.pipeThrough(new TextDecoderStream());
    const said = Array.fromAsync(stderr);
    await Promise.all(servers.map((server) => server.followed()));
    federation.step(200);
    // Deletes one old status and one new status.
    federation.delete(federation.truth()[0]!.uri);
    federation.delete(federation.truth().at(-1)!.uri);
    const [last] = federation.publish(1);
    await federation.drained();
    await covered(folder, servers.length, started);
    await untilStill(() => printed);
    child.kill("SIGINT");
    const { code } = await child.status;
    await stdout;
    assert.equal(code, 0, (await said).join(""));

    const truth = new Map(federation.truth().map((status) => [status.uri, status]));
    const rows = await viewOf(`${folder}/lake`);
    const open = rows.filter(({ withheld }) => withheld === null);
    const closed = rows.filter(({ withheld }) => withheld !== null);
    const optedOut = [...truth.values()].filter(({ noindex, optOut }) =>
      noindex || /^(?:nobot|noindex|noarchive)$/.test(optOut ?? "")
    );

    assert.equal(rows.length, truth.size, "each once");
    assert.ok(
      open.some(({ uri }) => uri === last!.uri) || optedOut.includes(truth.get(last!.uri)!),
    );
    assert.ok(optedOut.length > 0);
    assert.equal(closed.length, optedOut.length);
    for (const row of open) compare(row, truth.get(row.uri)!);
    assert.ok(open.some(({ edited }) => edited !== null), "the latest edition");
    for (const { uri, mastodon_text, username, author, app, url, characters } of closed) {
      assert.match(uri, /^hmac-sha256:/);
      assert.deepEqual([mastodon_text, username, author, app, url], Array(5).fill(null));
      assert.ok(characters > 0, "counts stay");
    }
    const letters = `${folder}/dead-letters.jsonl`;
    await assert.rejects(Deno.stat(letters), Deno.errors.NotFound);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // The process has exited.
    }
    await federation.close();
    await Deno.remove(folder, { recursive: true });
  }
});

function compare(row: Row, truth: Truth): void {
  assert.ok(truth !== undefined, `${row.uri} was never published, or is deleted`);
  assert.equal(row.base_url, truth.home);
  assert.equal(row.author, truth.acct);
  assert.equal(row.language, truth.language ?? "unknown");
  assert.equal(row.app, truth.app);
  assert.equal(row.bot, truth.bot);
  assert.equal(row.edited === null ? null : Number(row.edited), truth.editedAt);
  assert.equal(lines(row.mastodon_text!), lines(truth.text!));
  assert.equal(row.characters, [...row.mastodon_text!].length);
}

/** Resolves when a number has stopped changing. */
async function untilStill(figure: () => number): Promise<void> {
  for (let still = 0, last = -1; still < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    still = figure() === last ? still + 1 : 0;
    last = figure();
  }
}
