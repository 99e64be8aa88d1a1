/**
 * A clock and a broker for tests, both moved by hand.
 *
 * @module
 */
import type { Clock } from "../../../../common/clock.ts";
import type { Link } from "../link.ts";
import type { Message } from "../queue.ts";

/** A clock that stands still until it is wound; timers due by then fire. */
export function handClock() {
  let now = 0;
  const timers = new Set<{ due: number; fire: () => void }>();
  const clock: Clock = {
    now: () => now,
    after(milliseconds, fire) {
      const timer = { due: now + milliseconds, fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  async function settle() {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
  async function wind(milliseconds: number) {
    for (const end = now + milliseconds; now < end;) {
      now = Math.min(end, ...[...timers].map(({ due }) => Math.max(due, now + 1)));
      for (const timer of [...timers]) {
        if (timer.due <= now && timers.delete(timer)) timer.fire();
      }
      await settle();
    }
  }
  return { clock, wind, settle };
}

/** A broker that takes what it is told to take. */
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
