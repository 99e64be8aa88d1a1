/**
 * The worker behind {@link bucketFiles}: lists and reads objects.
 *
 * @module
 */
import type { S3Settings } from "../s3.ts";
import { type ObjectStore, s3Store } from "../s3-store.ts";
import type { BucketAnswer, BucketQuestion } from "./bucket.ts";
import { serve } from "./blocking.ts";

serve<BucketQuestion, BucketAnswer>((setting) => {
  const stores = new Map<string, ObjectStore>();
  const storeOf = (bucket: string) => {
    const store = stores.get(bucket) ?? s3Store(`s3://${bucket}`, setting as S3Settings);
    stores.set(bucket, store);
    return store;
  };
  return async (question) => {
    const store = storeOf(question.bucket);
    switch (question.what) {
      case "list":
        return { objects: await store.list(question.prefix) };
      case "page":
        return { objects: await store.page(question.prefix, question.after) };
      case "read":
        return {
          ranges: await Promise.all(
            question.ranges.map(({ key, from, to, version }) => store.read(key, from, to, version)),
          ),
        };
    }
  };
});
