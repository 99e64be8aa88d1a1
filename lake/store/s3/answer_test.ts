import assert from "node:assert/strict";
import { parseAnswer } from "./answer.ts";

Deno.test("namespaces, comments, CDATA and white space do not change an answer", () => {
  const answer = parseAnswer(
    `<?xml version="1.0"?>\n<!-- from a gateway -->\n<s3:ListBucketResult xmlns:s3="urn:s3">
       <s3:Name>lake</s3:Name><s3:Prefix/>
       <s3:Contents>\n<s3:Key><![CDATA[a & b]]></s3:Key>\n</s3:Contents>
     </s3:ListBucketResult>`,
    "Contents",
  )!;
  assert.equal(answer.root, "ListBucketResult");
  assert.deepEqual([answer.fields.get("Name"), answer.fields.get("Prefix")], ["lake", ""]);
  assert.deepEqual([...answer.entries[0]!], [["Key", "a & b"]]);
});

Deno.test("only the elements directly inside an entry are its fields", () => {
  const { fields, entries } = parseAnswer(
    "<List><Entry><Owner><ID>7</ID><Key>not this</Key></Owner><Key>a</Key></Entry><Key>b</Key></List>",
    "Entry",
  )!;
  assert.equal(entries[0]!.get("Key"), "a");
  assert.equal(fields.get("Key"), "b");
  assert.equal(entries[0]!.has("ID"), false);
});

Deno.test("an answer cannot define entities", () => {
  const xml =
    `<!DOCTYPE Error [<!ENTITY code "NoSuchKey"><!ENTITY file SYSTEM "file:///etc/passwd">]>
    <Error><Code>&code;</Code><Message>&file;</Message></Error>`;
  const code = parseAnswer(xml)?.fields.get("Code");
  assert.ok(code === undefined || code === "&code;", code);
});

Deno.test("element names such as __proto__ are treated like any other", () => {
  const xml = "<Error><__proto__><Code>a</Code></__proto__><constructor>b</constructor>" +
    "<toString>c</toString><Code>d</Code></Error>";
  const { fields } = parseAnswer(xml)!;
  assert.deepEqual([fields.get("constructor"), fields.get("toString"), fields.get("Code")], [
    "b",
    "c",
    "d",
  ]);
  assert.equal(({} as Record<string, unknown>)["Code"], undefined);
});

Deno.test("a truncated answer, or one that is not XML, is refused", () => {
  const whole = "<Error><Code>NoSuchKey</Code></Error>";
  for (let length = 0; length < whole.length; length++) {
    assert.equal(parseAnswer(whole.slice(0, length)), null, whole.slice(0, length));
  }
  for (const text of ["", "plain", "{}", "<html><body><br>Welcome"]) {
    assert.equal(parseAnswer(text), null, text);
  }
  assert.equal(parseAnswer("<ListBucketResult/>")!.root, "ListBucketResult");
});

Deno.test("elements that are nested very deep are read without recursion", () => {
  const depth = 100_000;
  const answer = parseAnswer("<a>" + "<b>".repeat(depth) + "</b>".repeat(depth) + "</a>");
  assert.equal(answer?.root, "a");
});
