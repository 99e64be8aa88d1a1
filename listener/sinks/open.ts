/**
 * Opening several sinks.
 *
 * @module
 */
import type { OnDurable, Sink } from "./sink.ts";

/** Opens one sink. */
export type OpenSink = (onDurable: OnDurable) => Sink | Promise<Sink>;

/**
 * Opens all sinks, or none: where one cannot be opened the others are closed
 * again.
 *
 * @param onDurable told the number of the sink, and what it has for good
 * @throws what the first one threw that could not be opened
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
