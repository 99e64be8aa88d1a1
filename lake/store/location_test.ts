import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { lakeLocation, withHome } from "./location.ts";

const home = (name: string) => name === "HOME" ? "/home/ada" : undefined;

Deno.test("a folder has one location, however its path is written", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(join(folder, "there/lake"), { recursive: true });
  await Deno.symlink(join(folder, "there"), join(folder, "link"));
  for (
    const spelled of [
      ...["there/lake", "there/lake/", "there//lake/.", "there/../there/lake", "link/lake"],
      ...["link/../there/lake", "none/../there/lake"],
    ]
  ) {
    const path = `${folder}/${spelled}`;
    assert.equal(lakeLocation(path), join(folder, "there/lake"), spelled);
    const fromHere = `${relative(Deno.cwd(), folder)}/${spelled}`;
    assert.equal(lakeLocation(fromHere), join(folder, "there/lake"), spelled);
  }
  assert.equal(lakeLocation(`${folder}/link/new/lake`), join(folder, "there/new/lake"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("~ is the home folder, at the beginning only", () => {
  assert.equal(lakeLocation("~/toots", home), "/home/ada/toots");
  assert.equal(lakeLocation("~", home), "/home/ada");
  assert.equal(withHome("a/~/b", home), "a/~/b");
  assert.throws(() => lakeLocation("~bo/toots", home), { name: "Failure", exitCode: 2 });
  assert.throws(() => lakeLocation("~/toots", () => undefined), { exitCode: 2 });
});

Deno.test("a URL of a file is its path, and other schemes are refused", () => {
  assert.equal(lakeLocation("file:///no%20such/lake"), "/no such/lake");
  for (
    const wrong of [
      "https://bread.example/lake",
      "gs://toots",
      "s3a://toots",
      "file://bread.example/x",
    ]
  ) {
    assert.throws(() => lakeLocation(wrong), { name: "Failure", exitCode: 2 }, wrong);
  }
});

Deno.test("a bucket has one location, and no segment that clients resolve differently", () => {
  assert.equal(lakeLocation("s3://toots/"), "s3://toots");
  assert.equal(lakeLocation("S3://toots/a/b//"), "s3://toots/a/b");
  for (
    const wrong of ["s3://", "s3:toots", "s3://toots/a/../b", "s3://toots/./b", "s3://toots/a//b"]
  ) {
    assert.throws(() => lakeLocation(wrong), { name: "Failure", exitCode: 2 }, wrong);
  }
});
