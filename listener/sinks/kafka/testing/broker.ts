/**
 * A broker for tests.
 *
 * @module
 */
import type { Link } from "../link.ts";
import type { Message } from "../queue.ts";

/** Creates a broker that accepts messages unless the test says otherwise. */
export function fakeBroker() {
  const taken: string[][] = [];
  let fault: ((messages: readonly Message[]) => Error | "silent" | null) | null = null;
  let refuse: Error | null = null;
  let links = 0;
  let closed = 0;
  return {
    taken,
    get links() {
      return links;
    },
    get closed() {
      return closed;
    },
    fail: (how: typeof fault) => fault = how,
    refuse: (error: Error | null) => refuse = error,
    connect(): Promise<Link> {
      if (refuse !== null) return Promise.reject(refuse);
      links++;
      return Promise.resolve({
        limit: 1_000,
        send(messages) {
          const wrong = fault?.(messages) ?? null;
          if (wrong === "silent") return new Promise<void>(() => {});
          if (wrong !== null) return Promise.reject(wrong);
          taken.push(messages.map(({ key }) => key));
          return Promise.resolve();
        },
        close() {
          closed++;
          return Promise.resolve();
        },
      });
    },
  };
}
