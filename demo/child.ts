/**
 * A process that the demo starts, hears line by line, and always ends.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";

/** What to start. */
export interface ChildOptions {
  /** For messages: `the listener`. */
  readonly name: string;
  /** Arguments of `deno run`. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly stdout?: (line: string) => void;
  readonly stderr?: (line: string) => void;
}

/** A process that runs. */
export interface Child {
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<Deno.CommandStatus>;
  /**
   * Asks it to stop as Ctrl-C does, waits, and ends it the hard way where it
   * does not within `grace` milliseconds.
   *
   * @throws {Failure} where it ended badly
   */
  stop(grace?: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
  /** Ends it when a scope is left, in whatever way. */
  [Symbol.asyncDispose](): Promise<void>;
}

const living = new Set<Child>();

/** Ends all processes at once. */
export function killChildren(): void {
  living.forEach((child) => child.kill());
}

/** Calls `hear` for each line that a process writes. */
async function follow(stream: ReadableStream<Uint8Array>, hear: (line: string) => void) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(hear);
  }
  if (rest !== "") hear(rest);
}

/** Our variables, without those that are meant for somebody's own listener. */
function inherited(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !name.startsWith("MASTODON_")));
}

/** Starts `deno run` with this Deno. */
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
        // It ended just now.
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
