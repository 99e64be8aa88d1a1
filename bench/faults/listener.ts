/**
 * Starts a listener in a separate process and watches it, for the benchmarks of faults.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { SimulatedServer } from "../../simulator/mod.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Options of {@linkcode startListener}. */
export interface ListenerOptions {
  servers: readonly SimulatedServer[];
  /** The folder for its lake, its data and its log. */
  folder: string;
  federated: boolean;
  /** True to give the listener a token, so that it streams. Without a token it polls. */
  streamed: boolean;
  /** Further arguments of the listener. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** A running listener. */
export interface ListenerProcess {
  readonly pid: number;
  /** Returns the number of lines that it has logged, and the number in the busiest ten seconds. */
  logged(): { lines: number; busiest: number };
  /** Returns its peak memory until now, in MiB. */
  peakMiB(): number;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Sends SIGTERM. Resolves with the seconds until the exit, or 30 if it had to be killed. */
  stop(): Promise<number>;
  /** Sends SIGKILL and waits for the exit. */
  kill(): Promise<void>;
}

function tokenVariable({ baseURL }: SimulatedServer): string {
  return `MASTODON_TOKEN_${new URL(baseURL).host.replace(/\D/g, "_")}`;
}

/** Starts a listener in the same way as `deno task listen`. */
export async function startListener(options: ListenerOptions): Promise<ListenerProcess> {
  const { servers, folder, federated, streamed, args = [], env = {} } = options;
  const [, ...deno] = config.tasks.listen.command.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...deno,
      ...servers.flatMap(({ baseURL }) => ["--baseURL", baseURL]),
      ...["--lake", `${folder}/lake`, "--flush", "2", "--quiet", "--log", "json"],
      ...(federated ? ["--public"] : []),
      ...args,
    ],
    cwd: ROOT,
    env: {
      ...env,
      ...(streamed
        ? Object.fromEntries(servers.map((server) => [tokenVariable(server), server.token]))
        : {}),
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();

  const log = await Deno.open(`${folder}/log.jsonl`, { append: true, create: true });
  let lines = 0, window = 0, inWindow = 0, busiest = 0;
  const logging = child.stderr.pipeTo(
    new WritableStream({
      async write(bytes) {
        const now = Math.floor(performance.now() / 10_000);
        if (now !== window) inWindow = 0;
        window = now;
        const count = bytes.reduce((sum, byte) => sum + Number(byte === 10), 0);
        lines += count;
        inWindow += count;
        busiest = Math.max(busiest, inWindow);
        // Only the beginning of the log is written, because a log could grow to gigabytes.
        if (lines < 20_000) await log.write(bytes);
      },
      close: () => log.close(),
    }),
  );
  let running = true;
  const ended = child.status.then(async ({ code }) => {
    running = false;
    await logging;
    return code;
  });
  let peak = 0;
  const peakMiB = () => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      peak = Math.max(peak, Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0) / 1024);
    } catch {
      // The process has exited.
    }
    return peak;
  };
  const signal = (name: Deno.Signal) => {
    if (running) child.kill(name);
  };
  return {
    pid: child.pid,
    logged: () => ({ lines, busiest }),
    peakMiB,
    ended,
    async stop() {
      peakMiB();
      const began = performance.now();
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), 30_000);
      await ended;
      clearTimeout(timer);
      return (performance.now() - began) / 1000;
    },
    async kill() {
      signal("SIGKILL");
      await ended;
    },
  };
}
