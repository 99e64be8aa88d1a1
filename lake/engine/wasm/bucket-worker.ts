/**
 * The worker behind {@link bucketFiles}: lists and reads objects.
 *
 * @module
 */
import type { S3Settings } from "../../store/s3-settings.ts";
import { type ObjectStore, s3Store } from "../../store/s3/s3-store.ts";
import type { BucketAnswer, BucketQuestion, Range } from "./bucket.ts";
import { serve } from "./blocking.ts";

serve<BucketQuestion, BucketAnswer>((setting) => {
  const stores = new Map<string, ObjectStore>();
  const storeOf = (bucket: string) => {
    const store = stores.get(bucket) ?? s3Store(`s3://${bucket}`, setting as S3Settings);
    stores.set(bucket, store);
    return store;
  };
  let ahead = new Map<string, Promise<ArrayBuffer>>();
  return async (question) => {
    const store = storeOf(question.bucket);
    switch (question.what) {
      case "list":
        return { objects: await store.list(question.prefix) };
      case "page":
        return { objects: await store.page(question.prefix, question.after) };
      case "read": {
        const name = ({ key, version, from, to }: Range) =>
          `${question.bucket}/${key} ${version} ${from}-${to}`;
        const read = async ({ key, version, from, to }: Range) =>
          (await store.read(key, from, to, version)).buffer;
        const begun = ahead;
        // A background read serves only this question. If it has failed, this question fails, and
        // the next question for the same range reads the range again.
        ahead = new Map();
        const ranges = await Promise.all(
          question.ranges.map((range) => begun.get(name(range)) ?? read(range)),
        );
        ahead = new Map(question.ahead.map((range) => [name(range), read(range)]));
        // The failure of a background read is reported only if the next question needs the range.
        // Until then it must not count as unhandled.
        for (const reading of ahead.values()) reading.catch(() => {});
        return { ranges };
      }
    }
  };
});
