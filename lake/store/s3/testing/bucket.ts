/**
 * An object store whose answers a test writes.
 *
 * @module
 */
import { systemClock } from "../../../../common/clock.ts";
import { s3Settings } from "../../s3-settings.ts";
import type { ObjectStore } from "../s3-store.ts";
import { s3Store } from "../s3-store.ts";

/** A store at `s3://lake/at` whose requests `answer` gets, and the URLs it was asked. */
export function answeringStore(
  answer: (request: Request, count: number) => Response,
): { store: ObjectStore; urls: URL[] } {
  const urls: URL[] = [];
  const store = s3Store("s3://lake/at", s3Settings(() => undefined), {
    fetch: (request) => {
      urls.push(new URL((request as Request).url));
      return Promise.resolve(answer(request as Request, urls.length));
    },
    // Waits end at once: signing a request takes real time, which a fake clock cannot move.
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

/** A store that gives these answers, one a request, and the last one forever. */
export function storeAnswering(...answers: (() => Response)[]) {
  return answeringStore((_request, count) => answers[Math.min(count, answers.length) - 1]!());
}
