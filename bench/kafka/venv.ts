/**
 * The peer's Python environment, `data/bench/venv`: made when it is missing or
 * its requirements have changed.
 *
 * @module
 */
import { Failure } from "../../lake/failure.ts";

const ROOT = new URL("../../", import.meta.url);
const REQUIREMENTS = new URL("requirements.txt", import.meta.url);

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output()
    .catch((cause) => {
      throw new Failure(`the peer needs Python 3 (${command} cannot be run)`, { cause });
    });
  if (success) return;
  const last = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Failure(`${command} ${args.join(" ")}: ${last}`);
}

/** Sees to the environment; gives its Python. */
export async function peerPython(say: (line: string) => void): Promise<string> {
  const folder = new URL("data/bench/venv/", ROOT).pathname;
  const python = `${folder}bin/python`;
  const stamp = `${folder}requirements.txt`;
  const wanted = await Deno.readTextFile(REQUIREMENTS);
  if (await Deno.readTextFile(stamp).catch(() => "") === wanted) return python;
  say("making the peer's Python environment");
  await Deno.mkdir(folder, { recursive: true });
  await run("python3", "-m", "venv", folder);
  await run(python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS.pathname);
  await Deno.writeTextFile(stamp, wanted);
  return python;
}
