/**
 * Implementations of S3 write the same listing in different forms. Each test uses the form of one
 * implementation.
 */
import assert from "node:assert/strict";
import { answeringStore, storeAnswering } from "./testing/bucket.ts";

const XMLNS = `xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`;
const NAME = "topics/t/partition=0/t+0+0000000000.zstd.parquet";
const ENCODED = encodeURIComponent(`at/${NAME}`);

function listing(content: string): Response {
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult ${XMLNS}>${content}</ListBucketResult>`,
  );
}

function object(key: string, etag = "&quot;e1&quot;"): string {
  return `<Contents><Key>${key}</Key><LastModified>2026-02-01T12:00:00.000Z</LastModified>` +
    `<ETag>${etag}</ETag><Size>42</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

const URL_ENCODED = "<EncodingType>url</EncodingType>";
const paths = (files: { path: string }[]) => files.map(({ path }) => path);

Deno.test("AWS: encoded keys, `&quot;` in ETags, a space as `+`", async () => {
  const { store, urls } = storeAnswering(() =>
    listing(
      `<Name>lake</Name><KeyCount>2</KeyCount>${URL_ENCODED}<IsTruncated>false</IsTruncated>` +
        object("at/topics/a+copy.parquet") + object(ENCODED),
    )
  );
  assert.deepEqual(await store.list("topics/"), [
    {
      path: "topics/a copy.parquet",
      bytes: 42,
      modified: Date.UTC(2026, 1, 1, 12),
      version: `"e1"`,
    },
    { path: NAME, bytes: 42, modified: Date.UTC(2026, 1, 1, 12), version: `"e1"` },
  ]);
  assert.equal(urls[0]!.searchParams.get("prefix"), "at/topics/");
  assert.equal(urls[0]!.searchParams.get("encoding-type"), "url");
});

Deno.test("MinIO: `&#34;` in ETags, `%20` for a space", async () => {
  const { store } = storeAnswering(() =>
    listing(URL_ENCODED + object("at/a%20copy.parquet", "&#34;9b2c-2&#34;"))
  );
  const [file] = await store.list("");
  assert.deepEqual([file!.path, file!.version], ["a copy.parquet", `"9b2c-2"`]);
});

Deno.test("R2: ETags with plain quotes", async () => {
  const { store } = storeAnswering(() => listing(URL_ENCODED + object(ENCODED, `"9b2c"`)));
  assert.equal((await store.list(""))[0]!.version, `"9b2c"`);
});

Deno.test("keys that are not encoded keep their `+` and `%`, and `&` is decoded once", async () => {
  const { store } = storeAnswering(() =>
    listing(object(`at/${NAME}`) + object("at/100%25 &amp;amp; more"))
  );
  assert.deepEqual(paths(await store.list("")), ["100%25 &amp; more", NAME]);
});

Deno.test("Ceph: fields after the objects, and an empty token on the last page", async () => {
  const { store } = storeAnswering(() =>
    listing(
      object(ENCODED) +
        `${URL_ENCODED}<NextContinuationToken></NextContinuationToken><IsTruncated>false</IsTruncated>`,
    )
  );
  assert.deepEqual(paths(await store.list("")), [NAME]);
});

Deno.test("an empty list is read in every form that stores use", async () => {
  for (
    const content of [
      "",
      "<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>",
      "<Prefix/><NextContinuationToken/><IsTruncated> false </IsTruncated>",
      "<CommonPrefixes><Prefix>at/topics/</Prefix></CommonPrefixes>",
    ]
  ) assert.deepEqual(await storeAnswering(() => listing(content)).store.list("topics/"), []);
  const empty = () => new Response("<ListBucketResult/>");
  assert.deepEqual(await storeAnswering(empty).store.list(""), []);
});

Deno.test("one object and a thousand are both a list", async () => {
  for (const count of [1, 2, 1_000]) {
    const objects = Array.from({ length: count }, (_, i) => object(`at/${i}`)).join("");
    assert.equal((await storeAnswering(() => listing(objects)).store.list("")).length, count);
  }
});

Deno.test("a continuation token is sent back unchanged", async () => {
  const token = "1/+ =&<>\"'%2B*~(!)ü\u{1F418}";
  const escaped = token.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const { store, urls } = answeringStore((_request, count) =>
    count === 1
      ? listing(
        `<IsTruncated>true</IsTruncated><NextContinuationToken>${escaped}</NextContinuationToken>` +
          object("at/a"),
      )
      : listing(`<IsTruncated>false</IsTruncated>${object("at/b")}`)
  );
  assert.deepEqual(paths(await store.list("")), ["a", "b"]);
  assert.equal(urls[1]!.searchParams.get("continuation-token"), token);
  assert.ok(!urls[1]!.search.includes("+"), "a plus would be read as a space");
});

Deno.test("an empty page in the middle does not end the list", async () => {
  const more = (token: string) =>
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;
  const { store } = storeAnswering(
    () => listing(more("1") + object("at/a")),
    () => listing(more("2")),
    () => listing(object("at/b")),
  );
  assert.deepEqual(paths(await store.list("")), ["a", "b"]);
});

Deno.test("without a token, the list continues after the last key", async () => {
  const { store, urls } = storeAnswering(
    () => listing(`${URL_ENCODED}<IsTruncated>true</IsTruncated>${object(ENCODED)}`),
    () => listing(URL_ENCODED + object("at%2Fz")),
  );
  assert.deepEqual(paths(await store.list("")), [NAME, "z"]);
  assert.equal(urls[1]!.searchParams.get("start-after"), `at/${NAME}`);
});

Deno.test("a list that never ends is an error and not a loop", async () => {
  const again = "<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>";
  await assert.rejects(storeAnswering(() => listing(again)).store.list(""), /same page twice/);
  const noToken = `<IsTruncated>true</IsTruncated>${object("at/a")}`;
  await assert.rejects(storeAnswering(() => listing(noToken)).store.list(""), /same page twice/);
  const nothing = "<IsTruncated>true</IsTruncated>";
  await assert.rejects(storeAnswering(() => listing(nothing)).store.list(""), /not the last one/);
});

Deno.test("an unordered list is sorted", async () => {
  const { store } = storeAnswering(() => listing(object("at/b") + object("at/a")));
  assert.deepEqual(paths(await store.list("")), ["a", "b"]);
});

Deno.test("an answer that is not a list of objects is an error and not an empty lake", async () => {
  for (
    const text of [
      "",
      "<html><body>Sign in</body></html>",
      `<ListBucketResult ${XMLNS}>${object("at/a")}`,
      "<ListAllMyBucketsResult></ListAllMyBucketsResult>",
      "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    ]
  ) {
    await assert.rejects(storeAnswering(() => new Response(text)).store.list(""), {
      name: "Failure",
      message: /^lake 's3:\/\/lake\/at': localhost:9000 listed .*S3_ENDPOINT/,
    }, text);
  }
});

Deno.test("a page contains the objects after a given path", async () => {
  const { store, urls } = storeAnswering(() =>
    listing("<IsTruncated>true</IsTruncated>" + object("at/topics/b"))
  );
  assert.deepEqual(paths(await store.page("topics/", "topics/a")), ["topics/b"]);
  assert.equal(urls[0]!.searchParams.get("start-after"), "at/topics/a");
});
