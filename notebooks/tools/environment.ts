/**
 * The Python environment of Jupyter: `.venv` in the project's folder. The environment is created
 * when it is first needed, and its Jupyter kernel is the running Deno. Nothing is written to the
 * user's home folder.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { writeFileAtomically } from "../../common/files.ts";
import { ROOT } from "../support/settings.ts";

/** The packages to install: `report` can run notebooks, and `lab` adds JupyterLab. */
export type Purpose = "report" | "lab";

/** A Python environment that is ready. */
export interface Environment {
  /** The path of its Python. */
  readonly python: string;
  /** Environment variables that keep Jupyter's files inside the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Options of {@linkcode ensureEnvironment}. */
export interface EnvironmentOptions {
  purpose?: Purpose;
  /** The environment's folder. Default: `.venv` of the project. */
  folder?: string;
  /** Receives a line before a step that takes long. */
  say?: (line: string) => void;
  /** The commands that may start Python, in the order in which they are tried. */
  pythons?: readonly string[];
  signal?: AbortSignal;
}

const FILES: Record<Purpose, readonly string[]> = {
  report: ["requirements.txt"],
  lab: ["requirements.txt", "requirements-lab.txt"],
};

const NEEDED = "Jupyter needs Python 3.10 or newer with its venv module";
const PROBE = "import sys, venv, ensurepip; print(sys.version_info >= (3, 10))";

interface Ran {
  success: boolean;
  stdout: string;
  stderr: string;
}

async function run(command: string, args: string[], signal?: AbortSignal): Promise<Ran> {
  try {
    const child = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(signal ? { signal } : {}),
    });
    const { success, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return { success, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { success: false, stdout: "", stderr: "not found" };
  }
}

/**
 * Finds the first Python that can create an environment.
 *
 * @throws {Failure} if no Python can; the message says what is missing
 */
export async function findPython(
  pythons: readonly string[] = ["python3", "python"],
): Promise<string> {
  let why = `${pythons[0]} was not found`;
  for (const python of pythons) {
    const { success, stdout, stderr } = await run(python, ["-c", PROBE]);
    if (success && stdout === "True") return python;
    if (success) why = `${python} is older`;
    else if (stderr !== "not found") {
      why = `${python} lacks it (on Debian: apt install python3-venv)`;
    }
  }
  throw new Failure(`${NEEDED}, and ${why}`);
}

/** Returns true if the Python of an environment starts and has pip. */
async function runs(python: string): Promise<boolean> {
  return (await run(python, ["-c", "import pip"])).success;
}

function layout(folder: string) {
  const windows = Deno.build.os === "windows";
  return {
    python: join(folder, windows ? "Scripts" : "bin", windows ? "python.exe" : "python"),
    kernel: join(folder, "share", "jupyter", "kernels", "deno"),
    stamp: (purpose: Purpose) => join(folder, `.ready-${purpose}`),
    env: {
      JUPYTER_CONFIG_DIR: join(folder, "home", "config"),
      JUPYTER_DATA_DIR: join(folder, "home", "data"),
      JUPYTER_RUNTIME_DIR: join(folder, "home", "runtime"),
      IPYTHONDIR: join(folder, "home", "ipython"),
      JUPYTER_PREFER_ENV_PATH: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
  };
}

async function fingerprint(purpose: Purpose): Promise<string> {
  const texts = await Promise.all(
    FILES[purpose].map((file) => Deno.readTextFile(join(ROOT, "notebooks", "tools", file))),
  );
  const bytes = new TextEncoder().encode(texts.join("\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function install(
  folder: string,
  { purpose, say, pythons, signal }:
    & Required<Pick<EnvironmentOptions, "purpose" | "say">>
    & EnvironmentOptions,
): Promise<void> {
  const { python } = layout(folder);
  if (!(await runs(python))) {
    const made = await run(await findPython(pythons), ["-m", "venv", folder], signal);
    if (!made.success) {
      throw new Failure(`Cannot create ${folder}: ${made.stderr.split("\n").at(-1)}`);
    }
  }
  say(
    purpose === "lab"
      ? "installing JupyterLab into .venv (once, about a minute)"
      : "installing nbconvert into .venv (once, about 15 s)",
  );
  const requirements = FILES[purpose].flatMap((
    file,
  ) => ["-r", join(ROOT, "notebooks", "tools", file)]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const installed = await run(python, [...pip, ...requirements], signal);
  if (!installed.success) {
    const line = installed.stderr.split("\n").findLast((text) => text.startsWith("ERROR")) ??
      installed.stderr.split("\n").at(-1);
    throw new Failure(`pip cannot install ${FILES[purpose].join(" and ")}: ${line}`);
  }
}

/**
 * Registers the running Deno as a kernel of Jupyter. The file names the path of this Deno, and is
 * written again if Deno was started from another path.
 */
async function writeKernel(folder: string): Promise<void> {
  const { kernel } = layout(folder);
  const file = join(kernel, "kernel.json");
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  if (await readIfThere(file) === text) return;
  await Deno.mkdir(kernel, { recursive: true });
  await writeFileAtomically(file, text);
}

/**
 * Creates the environment if it is missing or out of date. Several processes may call
 * this at once.
 *
 * @throws {Failure} if there is no suitable Python, or pip fails
 */
export async function ensureEnvironment(options: EnvironmentOptions = {}): Promise<Environment> {
  const { purpose = "report", folder = join(ROOT, ".venv"), say = () => {} } = options;
  const { python, stamp, env } = layout(folder);
  const wanted = await fingerprint(purpose);
  const ready = async () => await readIfThere(stamp(purpose)) === wanted && await runs(python);
  if (!(await ready())) {
    if (!(await runs(python))) await findPython(options.pythons);
    await Deno.mkdir(folder, { recursive: true });
    using lock = await Deno.open(join(folder, ".setup.lock"), { create: true, write: true });
    await lock.lock(true);
    if (!(await ready())) {
      await install(folder, { ...options, purpose, say });
      await Deno.writeTextFile(stamp(purpose), wanted);
    }
  }
  await writeKernel(folder);
  return { python, env };
}
