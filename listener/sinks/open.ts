/**
 * Opens the sinks of a run.
 *
 * @module
 */
import type { DeadLetterFile } from "../collect/dead-letters/dead-letter-file.ts";
import type { Log } from "../report/log.ts";
import type { Options } from "../options.ts";
import { laterSignal, SINKS_STOP_WITHIN } from "../stop-deadline.ts";
import type { Totals } from "../report/totals.ts";
import type { Screen } from "./screen.ts";
import type { OnDurable, Sink } from "./sink.ts";
import { openTerminalSink } from "./terminal.ts";

/** Opens one sink. */
export type OpenSink = (onDurable: OnDurable) => Sink | Promise<Sink>;

/** The parts of a run that the sinks use. */
export interface SinkWorld {
  readonly screen: Screen;
  /** Columns of the terminal. */
  readonly columns: () => number;
  readonly log: Log;
  readonly deadLetters: DeadLetterFile;
  readonly totals: Totals;
  readonly stopping: AbortController;
  /** Called when Kafka has acknowledged a request. */
  readonly onSent?: (sent: { messages: number; milliseconds: number }) => void;
}

/**
 * Returns functions that open the sinks which the options name. The code of a sink is loaded only
 * if it is used.
 */
export function chooseSinks(options: Options, world: SinkWorld): OpenSink[] {
  const { lake, flush, kafka, topic, data, quiet, log: format, color } = options;
  const { screen, columns, log, deadLetters, totals, stopping, onSent = () => {} } = world;
  const sinks: OpenSink[] = [];
  if (lake !== null) {
    sinks.push(async (onDurable) => {
      const { openLakeSink } = await import("./lake.ts");
      const age = flush * 1000;
      const retry = {
        notify: (message: string) => log.warning(message, { event: "lake" }),
        signal: laterSignal(stopping.signal, SINKS_STOP_WITHIN),
      };
      return await openLakeSink({ location: lake, data, topic, age, retry }, onDurable);
    });
  }
  if (kafka !== null) {
    sinks.push(async (onDurable) => {
      const { openKafkaSink } = await import("./kafka.ts");
      const kafkaOptions = {
        ...kafka,
        topic,
        signal: stopping.signal,
        stopWithin: SINKS_STOP_WITHIN,
      };
      return await openKafkaSink(kafkaOptions, onDurable, {
        notify: (message) => log.warning(message, { event: "kafka" }),
        onSent,
        onUnfit({ base_url: server, ...record }, why) {
          const id = "status_id" in record ? record.status_id : null;
          const reason = `it does not fit into Kafka: ${why}`;
          log.warning(`left out, ${reason} (id ${id})`, { event: "dead-letter", server, id });
          const raw = JSON.stringify(record, (_, value) => {
            return typeof value === "bigint" ? String(value) : value;
          });
          const { author_key = null } = record as { author_key?: string | null };
          deadLetters.add({ server, id, reason, raw, author_key }, Date.now());
          const sink = totals.sinks.find(({ name }) => name.startsWith("kafka "));
          if (sink !== undefined) sink.unfit++;
        },
      });
    });
  }
  if (!quiet) {
    sinks.push((onDurable) => {
      const onClosed = () => stopping.abort();
      const colored = color && Deno.stdout.isTerminal();
      return openTerminalSink({ screen, format, color: colored, columns, onClosed }, onDurable);
    });
  }
  return sinks;
}

/**
 * Opens all sinks, or none: if one cannot be opened, the others are closed again.
 *
 * @param onDurable called with the index of the sink in `open`, and the number of the last batch
 * that this sink made durable
 * @throws the error of the first sink that could not be opened
 */
export async function openSinks(
  open: readonly OpenSink[],
  onDurable: (sink: number, seq: number) => void,
): Promise<Sink[]> {
  const results = await Promise.allSettled(
    open.map(async (opening, i) => await opening((seq) => onDurable(i, seq))),
  );
  const failed = results.find((result) => result.status === "rejected");
  const opened = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  if (failed === undefined) return opened;
  await Promise.allSettled(opened.map((sink) => sink.close()));
  throw failed.reason;
}
