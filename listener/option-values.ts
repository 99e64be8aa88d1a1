/**
 * Values of the command line, read one by one. What cannot be read throws an
 * {@linkcode InvalidArgumentError} that says what it should have been.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/**
 * A server: scheme, host and port, and nothing else. `mastodon.social` is taken
 * for `https://mastodon.social`.
 */
export function parseServer(text: string): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new InvalidArgumentError("is no URL such as https://mastodon.social");
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError("holds a password; tokens go to --token or a variable");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new InvalidArgumentError(`is more than a server; ${url.origin} would be one`);
  }
  return url.origin;
}

/** An address of the web. */
export function parseAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("is no URL that begins with http:// or https://");
  }
  return text.replace(/\/+$/, "");
}

/** A whole number. */
export function parseWhole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`is no whole number from ${least} to ${most}`);
    }
    return number;
  };
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * A duration in milliseconds, or all there is.
 *
 * @example
 * ```ts
 * import { parseSince } from "./option-values.ts";
 *
 * if (parseSince("1.5h") !== 5_400_000 || parseSince("all") !== "all") throw new Error();
 * ```
 */
export function parseSince(text: string): number | "all" {
  if (text === "all") return text;
  if (text === "0") return 0;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (number === undefined) {
    throw new InvalidArgumentError("is no duration such as 90s, 30m, 12h, 7d or 2w, nor 'all'");
  }
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
}

/** `HOST:PORT`, several with commas. */
export function parseBrokers(text: string): string[] {
  const brokers = text.split(",").map((broker) => broker.trim());
  for (const broker of brokers) {
    const port = Number(/^(?:[\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})$/i.exec(broker)?.[1] ?? NaN);
    if (!(port > 0 && port < 65_536)) {
      throw new InvalidArgumentError("is no list of brokers such as localhost:9092");
    }
  }
  return brokers;
}

/** The name of a topic, by Kafka's rule. */
export function parseTopic(text: string): string {
  if (!/^[\w.-]{1,240}$/.test(text) || /^\.{1,2}$/.test(text)) {
    throw new InvalidArgumentError("is no topic: letters, digits, '.', '_' and '-' only");
  }
  return text;
}

/** A folder, `s3://bucket[/folder]`, or `none`. */
export function parseLake(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("names no folder");
  if (/^s3:\/\//i.test(text)) {
    if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/.*)?$/.test(text)) {
      throw new InvalidArgumentError("is no s3://bucket");
    }
  } else if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new InvalidArgumentError("is neither a folder nor s3://bucket");
  }
  return text.replace(/(?<=.)\/+$/, "");
}

/** `[HOST:]PORT`; on this machine only where no host is named. */
export function parseListen(text: string): { hostname: string; port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError("is no [HOST:]PORT such as 9464");
  }
  return { hostname: host?.replace(/^\[(.*)\]$/, "$1") ?? "127.0.0.1", port: Number(port) };
}
