/**
 * An object store for tests, with the answers that the test writes.
 *
 * @module
 */
import { systemClock } from "../../../../common/clock.ts";
import { s3Settings } from "../../s3-settings.ts";
import type { ObjectStore } from "../s3-store.ts";
import { s3Store } from "../s3-store.ts";

/**
 * Creates a store at `s3://lake/at`. `answer` answers its requests, and `urls` collects their URLs.
 */
export function answeringStore(
  answer: (request: Request, count: number) => Response,
): { store: ObjectStore; urls: URL[] } {
  const urls: URL[] = [];
  const store = s3Store("s3://lake/at", s3Settings(() => undefined), {
    fetch: (request) => {
      urls.push(new URL((request as Request).url));
      return Promise.resolve(answer(request as Request, urls.length));
    },
    // Waits end at once. A fake clock would not do, because signing a request takes real time.
    clock: {
      ...systemClock,
      after(_milliseconds, callback) {
        queueMicrotask(callback);
        return () => {};
      },
    },
  });
  return { store, urls };
}

/**
 * Creates a store that returns these answers, one per request. The last answer is repeated forever.
 */
export function storeAnswering(...answers: (() => Response)[]) {
  return answeringStore((_request, count) => answers[Math.min(count, answers.length) - 1]!());
}
