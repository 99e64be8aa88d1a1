/**
 * A listener in a process of its own, as the benches of the faults watch it.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import type { SimulatedServer } from "../../simulator/mod.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What the listener is told. */
export interface ListenerOptions {
  servers: readonly SimulatedServer[];
  /** Its lake, its data and its log. */
  folder: string;
  federated: boolean;
  /** With a token it streams, without it polls. */
  streamed: boolean;
  /** Further arguments. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** A running listener. */
export interface ListenerProcess {
  readonly pid: number;
  /** Lines that it has logged, and the most of them in ten seconds. */
  logged(): { lines: number; busiest: number };
  /** Peak memory so far, MiB. */
  peakMiB(): number;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Sends SIGTERM; gives the seconds until it has ended, 30 if it had to be killed. */
  stop(): Promise<number>;
  /** Sends SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

function tokenVariable({ baseURL }: SimulatedServer): string {
  return `MASTODON_TOKEN_${new URL(baseURL).host.replace(/\D/g, "_")}`;
}

/** Starts a listener as `deno task listen` does. */
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
        // A log of gigabytes helps nobody.
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
      // It has ended.
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
