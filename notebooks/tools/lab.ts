// deno-lint-ignore-file no-console
/**
 * `deno task lab`: JupyterLab with the Deno kernel ready.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { ensureEnvironment } from "./environment.ts";
import { ROOT } from "../support/settings.ts";

/** Starts JupyterLab in the folder of the notebooks, with the given arguments. */
async function main(args: string[]): Promise<number> {
  const environment = await ensureEnvironment({
    purpose: "lab",
    say: (line) => console.error(line),
  });
  // Ctrl-C also reaches JupyterLab, which asks whether to stop. So this process ignores Ctrl-C.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  const child = new Deno.Command(environment.python, {
    args: [
      ...["-m", "jupyterlab", "--notebook-dir", join(ROOT, "notebooks")],
      "--MultiKernelManager.default_kernel_name=deno",
      // JupyterLab refuses to start as root, which is the user of many development containers.
      ...(Deno.uid() === 0 ? ["--allow-root"] : []),
      ...args,
    ],
    env: environment.env,
  }).spawn();
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  }
  return (await child.status).code;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
