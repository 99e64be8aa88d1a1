/**
 * Creates the Python environments in `data/bench/` for the programs that work like the original
 * project (`peer.py`). An environment is created if it is missing or its requirements have changed.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";

/**
 * Creates the environment `name` if necessary, and returns its Python.
 *
 * @param requirements a `requirements.txt`
 * @throws {Failure} if there is no Python 3, or a package cannot be installed
 */
export async function peerPython(
  name: string,
  requirements: URL,
  say: (line: string) => void,
): Promise<string> {
  const folder = new URL(`../data/bench/${name}/`, import.meta.url).pathname;
  const python = `${folder}bin/python`;
  const stamp = `${folder}requirements.txt`;
  const wanted = await Deno.readTextFile(requirements);
  if (await Deno.readTextFile(stamp).catch(() => "") === wanted) return python;
  say("creating the Python environment of peer.py");
  await Deno.mkdir(folder, { recursive: true });
  await run("python3", "-m", "venv", folder);
  await run(python, "-m", "pip", "install", "-q", "-r", requirements.pathname);
  await Deno.writeTextFile(stamp, wanted);
  return python;
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output()
    .catch((cause) => {
      throw new Failure(`peer.py needs Python 3 (${command} cannot be run)`, { cause });
    });
  if (success) return;
  const last = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Failure(`${command} ${args.join(" ")}: ${last}`);
}
