// deno-lint-ignore-file no-console
/**
 * `deno task connect COMMAND`: registers Kafka Connect's sink, checks its tasks, or lets it read
 * its topics again. This file parses, wires and exits. It imports no package, so that the container
 * `register` needs no downloads.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Failure } from "../../common/failure.ts";
import { stopOnSignals } from "../../common/stop.ts";
import { type ConnectorConfig, ConnectUnavailable, openConnect } from "./client.ts";
import { register } from "./register.ts";
import { replaySink } from "./replay.ts";
import { healthOf } from "./tasks.ts";

const HELP = `Usage: deno task connect COMMAND [FILE.json] [options]

Commands:
  register  send the configuration to Kafka Connect, and wait until the sink's tasks run
  check     check whether the sink's tasks run
  replay    let the sink read its topics again from the beginning, for example if
            records that should be in the lake went to the dead letters

FILE.json is the sink's configuration (default: config/mastodon-sink-s3-minio.json).

Options:
  --connect URL  Kafka Connect [CONNECT_URL] (default: http://localhost:8083)
  --watch        register: go on watching, and exit with 1 when a task fails
  -h, --help     show this help

Exit codes: 0 done, 1 the tasks do not run or Connect does not answer, 2 usage error.`;

const CONFIG = new URL("../../config/mastodon-sink-s3-minio.json", import.meta.url);

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) return console.log(HELP);
  const [command, file = CONFIG, ...more] = positionals;
  if (command === undefined) throw usage("no command; --help lists them");
  if (!["register", "check", "replay"].includes(command)) {
    throw usage(`unknown command '${command}'; --help lists them`);
  }
  if (more.length > 0) throw usage(`unexpected argument '${more[0]}'`);
  if (values.watch && command !== "register") throw usage(`--watch is an option of register`);
  const connect = openConnect(
    values.connect ?? (Deno.env.get("CONNECT_URL") || "http://localhost:8083"),
  );
  const config = await readConfig(file);
  const name = config.name!;
  const stopping = new AbortController();
  stopOnSignals((signal) => stopping.abort(signal));
  const { signal } = stopping;
  const say = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
  if (command === "register") {
    const watch = values.watch ?? false;
    await register({ connect, name, config, watch, signal, say }).catch((error) => {
      if (!signal.aborted) throw error;
    });
  } else if (command === "replay") {
    await replaySink({ connect, name, signal, say });
  } else {
    const health = healthOf(name, await connect.status(name));
    if (health.kind !== "running") throw new Failure(health.reason);
    console.log(`'${name}' runs: ${health.tasks} task(s)`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        connect: { type: "string" },
        watch: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message.replace(/\. .*$/s, ""));
  }
}

async function readConfig(file: string | URL): Promise<ConnectorConfig> {
  let config: unknown;
  try {
    config = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    throw new Failure(`cannot read '${file}': ${(cause as Error).message}`, { exitCode: 2, cause });
  }
  if (typeof (config as { name?: unknown } | null)?.name !== "string") {
    throw new Failure(`'${file}' has no "name" of a connector`, { exitCode: 2 });
  }
  return config as ConnectorConfig;
}

function usage(message: string): Failure {
  return new Failure(message, { exitCode: 2 });
}

if (import.meta.main) {
  const code = await main(Deno.args).then(() => 0, (error) => {
    const expected = error instanceof Failure || error instanceof ConnectUnavailable;
    console.error(expected ? `connect: ${error.message}` : error);
    return error instanceof Failure ? error.exitCode : 1;
  });
  Deno.exit(code);
}
