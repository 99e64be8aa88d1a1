// deno-lint-ignore-file no-console
/**
 * `deno task simulate`: runs a federation that a client can read.
 *
 * @module
 */
import { writeFileAtomically } from "../common/files.ts";
import { stopOnSignals } from "../common/stop.ts";
import { startFederation } from "./federation.ts";
import { type Options, parseOptions, UsageError } from "./options.ts";

/** Runs the command line, and returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if ("help" in options) {
    console.log(options.help.trimEnd());
    return 0;
  }
  return await simulate(options);
}

async function simulate(options: Options): Promise<number> {
  const stopping = new AbortController();
  stopOnSignals((signal) => stopping.abort(signal));

  const { history, perDay, rateLimit, rate, count } = options;
  const federation = await startFederation({
    servers: options.servers,
    port: options.port,
    host: options.host,
    seed: options.seed,
    history,
    perDay,
    federates: options.federates,
    edits: options.edits,
    deletes: options.deletes,
    rateLimit: rateLimit === 0 ? Infinity : rateLimit,
    access: options.access,
    version: options.mastodon,
    software: Array.from(
      { length: options.servers },
      (_, index) =>
        options.software.findLast(({ server }) => server === "all" || server === index)?.name,
    ),
    ownAddresses: options.ownAddresses === true,
    splitDomains: options.splitDomains ? Array.from({ length: options.servers }, (_, i) => i) : [],
    keep: options.keep,
  });
  try {
    for (const { server, fault } of options.fault) await federation.fault(server, fault);

    const ready = JSON.stringify({
      servers: federation.servers.map(({ baseURL, domain, token, streamingURL }) => ({
        baseURL,
        domain,
        token,
        streamingURL,
      })),
    });
    console.error(
      `${federation.servers.length} servers, ${describeRate(rate)}, ${
        rateLimit || "any number of"
      } requests in 5 minutes:`,
    );
    for (const { baseURL, domain, token } of federation.servers) {
      console.error(`  ${baseURL}  ${domain}  token ${token}`);
    }
    const [first] = federation.servers;
    console.error(
      `Listen with: MASTODON_TOKEN=${first!.token} deno task listen --baseURL ${first!.baseURL}\n` +
        `Ctrl-C stops.`,
    );
    if (options.readyFile !== undefined) {
      await writeReadyFile(options.readyFile, `${ready}\n`);
    }
    console.log(ready);

    const { signal } = stopping;
    void federation.run({ rate, signal, ...(count === undefined ? {} : { count }) });
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }
  } finally {
    await federation.close();
  }
  return 0;
}

async function writeReadyFile(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(path, text);
  } catch (error) {
    throw new UsageError(`--ready-file: cannot write "${path}": ${(error as Error).message}`);
  }
}

function describeRate(rate: number | "max"): string {
  return rate === "max" ? "as fast as they are read" : `${rate} statuses per second`;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`simulate: ${error.message}`);
      Deno.exit(2);
    }
    if (error instanceof Error && "syscall" in error && error.syscall === "listen") {
      console.error(`simulate: ${error.message}; use --port or --host to listen elsewhere`);
      Deno.exit(2);
    }
    throw error;
  }
}
