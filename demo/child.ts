/**
 * A process that the demo starts, reads line by line, and always ends.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";

/** Options of {@linkcode startChild}. */
export interface ChildOptions {
  /** The name of the process in messages, such as `the listener`. */
  readonly name: string;
  /** The script and its arguments, which follow `deno run -A --quiet`. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly stdout?: (line: string) => void;
  readonly stderr?: (line: string) => void;
}

/** A running process. */
export interface Child {
  /** Resolves when the process has ended, with or without success. */
  readonly ended: Promise<Deno.CommandStatus>;
  /**
   * Sends SIGINT, and kills the process if it has not ended within `grace` milliseconds (default:
   * 10,000).
   *
   * @throws {Failure} if the exit code of the process is not 0
   */
  stop(grace?: number): Promise<void>;
  /** Immediately kills the process. */
  kill(): void;
  /** Ends the process if it still runs: with SIGINT, and after three seconds with SIGKILL. */
  [Symbol.asyncDispose](): Promise<void>;
}

const living = new Set<Child>();

/** Immediately kills all processes that {@linkcode startChild} has started. */
export function killChildren(): void {
  living.forEach((child) => child.kill());
}

/** Calls `onLine` for each line that a process writes. */
async function follow(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
}

/** Returns the environment variables of the demo, without those of the listener (`MASTODON_…`). */
function inherited(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !name.startsWith("MASTODON_")));
}

/** Starts `deno run` with the Deno that runs the demo. */
export function startChild({ name, args, env = {}, stdout, stderr }: ChildOptions): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...args],
    env: { ...inherited(), ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdin: "null",
    stdout: stdout ? "piped" : "null",
    stderr: "piped",
  }).spawn();
  let last = "";
  const heard = [
    follow(child.stderr, (line) => {
      if (line.trim() !== "") last = line.trim();
      stderr?.(line);
    }),
    ...(stdout ? [follow(child.stdout, stdout)] : []),
  ];
  const ended = Promise.all([child.status, ...heard]).then(([status]) => status);
  let over = false;
  const finished = () => {
    over = true;
    living.delete(self);
  };
  ended.then(finished, finished);

  const signal = (which: Deno.Signal) => {
    if (!over) {
      try {
        child.kill(which);
      } catch {
        // The process has just ended.
      }
    }
  };
  async function end(grace: number): Promise<Deno.CommandStatus> {
    signal("SIGINT");
    const timer = setTimeout(() => signal("SIGKILL"), grace);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  }
  const self: Child = {
    ended,
    async stop(grace = 10_000) {
      const { success, code } = await end(grace);
      if (!success) throw new Failure(`${name} ended with exit code ${code}: ${last}`);
    },
    kill: () => signal("SIGKILL"),
    async [Symbol.asyncDispose]() {
      if (!over) await end(3_000);
    },
  };
  living.add(self);
  return self;
}
