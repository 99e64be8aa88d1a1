/**
 * The demo's listener: the real listener in a separate process.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { startChild } from "./child.ts";
import type { DemoServer } from "./federation.ts";

/** A gap that the listener reported. */
export interface Gap {
  readonly server: string;
  /** Why the connection ended; `start` for the gap before the listener's start. */
  readonly cause: string;
  readonly milliseconds: number | null;
  readonly filled: number;
}

/** The listener while it runs. */
export interface Listening extends AsyncDisposable {
  /** The number of toots that the listener has written so far. */
  readonly toots: number;
  /**
   * The number of these toots that the listener fetched by REST: the history, and what it missed
   * live.
   */
  readonly fetched: number;
  /** Resolves with the first gap that `of` accepts; rejects if the listener ends first. */
  gap(of: (gap: Gap) => boolean): Promise<Gap>;
  /** Stops the listener as Ctrl-C does, so that it writes its remaining records. */
  stop(): Promise<void>;
}

const LISTENER = new URL("../listener/main.ts", import.meta.url).href;

/** Returns the name of the variable with the token for one server. */
function tokenName(baseURL: string): string {
  return `MASTODON_TOKEN_${new URL(baseURL).host.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

/**
 * Listens to servers, starting with a week of history, and writes a lake with a new file every
 * `flush` seconds.
 */
export function startListening(
  servers: readonly DemoServer[],
  lake: string,
  flush: number,
): Listening {
  const gaps: Gap[] = [];
  const waiting = new Set<() => void>();
  let toots = 0;
  let over: Error | null = null;
  const wake = () => [...waiting].forEach((check) => check());

  const child = startChild({
    name: "the listener",
    args: [
      LISTENER,
      ...servers.flatMap(({ baseURL }) => ["--baseURL", baseURL]),
      ...["--lake", lake, "--since", "8d", "--log", "json"],
      ...["--flush", String(flush)],
    ],
    env: Object.fromEntries(servers.map(({ baseURL, token }) => [tokenName(baseURL), token])),
    stdout: () => toots++,
    stderr: (line) => {
      if (!line.includes('"event":"gap"')) return;
      gaps.push(JSON.parse(line));
      wake();
    },
  });
  child.ended.then(() => child.stop()).then(
    () => over = new Failure("the listener ended by itself"),
    (error) => over = error,
  ).then(wake);

  return {
    get toots() {
      return toots;
    },
    get fetched() {
      return gaps.reduce((sum, { filled }) => sum + filled, 0);
    },
    gap: (of) =>
      new Promise((resolve, reject) => {
        function check() {
          const found = gaps.find(of);
          if (!found && !over) return;
          waiting.delete(check);
          if (found) resolve(found);
          else reject(over);
        }
        waiting.add(check);
        check();
      }),
    stop: () => child.stop(),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
