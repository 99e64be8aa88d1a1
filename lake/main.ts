// deno-lint-ignore-file no-console
/**
 * `deno task lake COMMAND`: describes, compacts or fills a lake. This file reads the command line,
 * runs one command, and ends the process with an exit code.
 *
 * @module
 */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { compactCommand, runCompact } from "./table/compact-command.ts";
import { describeUsageError, endOf } from "../common/command-line.ts";
import { processEnv } from "../common/env.ts";
import { infoCommand, runInfo } from "./info/info-command.ts";
import { sink, sinkCommand } from "./sink/sink-command.ts";
import { endWithin, stopOnSignals } from "../common/stop.ts";

async function main(): Promise<number> {
  const stopping = new AbortController();
  let work = () => Promise.resolve();
  const program = new Command("deno task lake")
    .description("Describe, compact or fill a lake.")
    .addCommand(sinkCommand((options) => {
      work = () => sink(options, stopping.signal, console.error, processEnv);
    }, processEnv))
    .addCommand(compactCommand((options) => {
      work = () => runCompact(options, console.error, stopping.signal);
    }, processEnv))
    .addCommand(infoCommand((options) => {
      work = () => runInfo(options, console.log, processEnv);
    }, processEnv));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  try {
    program.parse([...Deno.args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0; // Commander has printed the help already.
    if (error.code === "commander.help") {
      console.log(program.helpInformation());
      return 2;
    }
    throw describeUsageError(error);
  }
  stopOnSignals((signal) => stopping.abort(signal));
  await endWithin(work(), stopping.signal, {
    late: "the command",
    then: "the next run does the unfinished work again",
  });
  return 0;
}

if (import.meta.main) {
  const code = await main().catch((error) => {
    const { output, exitCode } = endOf("lake", error);
    console.error(output);
    return exitCode;
  });
  Deno.exit(code);
}
