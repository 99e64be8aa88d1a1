/**
 * Checks the files that GitHub and users of the package read: workflows, issue templates, badges,
 * the licence and exports.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./house/sources.ts";

const read = (path: string) => Deno.readTextFile(join(ROOT, path));
const readme = await read("README.md");
const version = /npx -y deno@([\d.]+)/.exec(readme)![1]!;

async function parsed(folder: string): Promise<[name: string, content: unknown][]> {
  const names = [...Deno.readDirSync(join(ROOT, folder))].map(({ name }) => name).sort();
  return await Promise.all(
    names.map(async (name) => [name, parse(await read(`${folder}/${name}`))] as [string, unknown]),
  );
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly steps: readonly Step[];
}

/** Checks that a command of a workflow exists, and that it uses the Deno version of the README. */
async function checkCommand(command: string): Promise<void> {
  const npx = /^npx -y deno@(\S+) (\w+)(?: (\S+))?/.exec(command);
  if (npx === null) {
    const { mode } = await Deno.stat(join(ROOT, command));
    assert.ok(Deno.build.os === "windows" || mode! & 0o100, `${command} can be executed`);
    return;
  }
  assert.equal(npx[1], version, command);
  if (npx[2] === "task") assert.ok(npx[3]! in config.tasks, command);
}

Deno.test("workflows have the form that GitHub expects, and their commands exist", async () => {
  for (const [name, content] of await parsed(".github/workflows")) {
    const { on, jobs } = content as { on: object; jobs: Record<string, Job> };
    assert.ok(on && Object.keys(jobs).length > 0, name);
    for (const job of Object.values(jobs)) {
      assert.ok(job["runs-on"] && job["timeout-minutes"] > 0, name);
      for (const { uses, run } of job.steps) {
        assert.ok((uses === undefined) !== (run === undefined), name);
        if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w-]+@v\d+$/, name);
        if (run !== undefined) await checkCommand(run);
      }
    }
  }
});

Deno.test("paths that start a workflow exist", async () => {
  for (const [name, content] of await parsed(".github/workflows")) {
    const { on } = content as { on: Record<string, { paths?: string[] } | null> };
    for (const path of Object.values(on).flatMap((event) => event?.paths ?? [])) {
      await Deno.stat(join(ROOT, path.replace(/\/\*\*$/, "")))
        .catch(() => assert.fail(`${name}: ${path}`));
    }
  }
});

Deno.test("issue templates have a name, a description and questions", async () => {
  for (const [name, content] of await parsed(".github/ISSUE_TEMPLATE")) {
    if (name === "config.yml") continue;
    const form = content as {
      name: string;
      description: string;
      body: { type: string; id?: string; attributes: { label?: string } }[];
    };
    assert.ok(form.name && form.description, name);
    const ids = form.body.map(({ id }) => id);
    assert.equal(new Set(ids).size, form.body.length, `${name}: ids are unique`);
    for (const { type, attributes } of form.body) {
      assert.ok(["input", "textarea", "dropdown", "checkboxes"].includes(type), name);
      assert.ok(attributes.label, name);
    }
  }
});

Deno.test("badges show workflows that exist", async () => {
  const badges = [...readme.matchAll(/actions\/workflows\/([\w.-]+\.yml)\/badge\.svg/g)];
  assert.ok(badges.length > 0);
  for (const [, file] of badges) await Deno.stat(join(ROOT, ".github/workflows", file!));
});

Deno.test("the licence is the one that deno.json names", async () => {
  assert.equal(config.license, "MIT");
  assert.match(await read("LICENSE"), /^MIT License/);
});

Deno.test("every export can be imported", async () => {
  for (const path of Object.values(config.exports)) {
    const exported = await import(`../${path.replace("./", "")}`);
    assert.ok(Object.keys(exported).length > 0, path);
  }
});
