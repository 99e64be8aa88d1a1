/**
 * Parsers of the values of flags that name brokers and topics.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/** The port of a broker without an explicit port. */
const DEFAULT_PORT = 9092;

/**
 * Splits `host:port,host:port` into its parts. A part without a port gets the port 9092.
 *
 * @throws {InvalidArgumentError} if a part is not a host, with or without a port
 *
 * @example
 * ```ts
 * import { parseBrokers } from "./option-values.ts";
 *
 * const brokers = parseBrokers("one.example:9093, two.example");
 * if (brokers.join() !== "one.example:9093,two.example:9092") throw new Error();
 * ```
 */
export function parseBrokers(text: string): string[] {
  return text.split(",").map((part) => {
    const [, host, port = String(DEFAULT_PORT)] =
      /^((?:[\w.-]+|\[[\da-f:.]+\]))(?::(\d{1,5}))?$/i.exec(part.trim()) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new InvalidArgumentError("expected HOST[:PORT], such as localhost:9092");
    }
    return `${host}:${port}`;
  });
}
