/**
 * Runs a command of the project in a separate process, as a user would.
 *
 * @module
 */

/** A running command. */
export interface Program {
  /** Returns the last few thousand characters of its output on stderr. */
  said(): string;
  /**
   * Waits until it exits by itself.
   *
   * @throws {Error} if its exit code is not 0
   */
  ended(): Promise<void>;
  /** Sends SIGKILL, so that the program cannot flush. */
  kill(): Promise<void>;
  /**
   * Sends SIGTERM, and waits for the exit.
   *
   * @throws {Error} if it does not end, or if its exit code is not 0
   */
  stop(): Promise<void>;
}

const root = new URL("../../", import.meta.url);

/** Starts `deno run -A ARGS…` in the project's folder. */
export function startProgram(args: string[], env: Record<string, string>): Program {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => void (said = (said + text).slice(-8_000)) }),
  );
  let ended = false;
  const end = child.status.then((status) => {
    ended = true;
    return status;
  });
  return {
    said: () => `${args.slice(0, 2).join(" ")}: ${said}`,
    async ended() {
      const { code } = await end;
      await reading;
      if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${said}`);
    },
    async kill() {
      if (!ended) child.kill("SIGKILL");
      await end;
      await reading;
    },
    async stop() {
      let late = false;
      if (!ended) child.kill("SIGTERM");
      const timer = setTimeout(() => {
        late = true;
        child.kill("SIGKILL");
      }, 60_000);
      const { code, signal } = await end;
      clearTimeout(timer);
      await reading;
      if (late) throw new Error(`${args[0]} did not end within 60 s of SIGTERM: ${said}`);
      if (signal !== "SIGKILL" && code !== 0) {
        throw new Error(`${args[0]} ended with ${code}: ${said}`);
      }
    },
  };
}
