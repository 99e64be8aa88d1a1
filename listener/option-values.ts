/**
 * Parsers of the values of the listener's flags. Each parser throws an {@linkcode
 * InvalidArgumentError} that names the expected form.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/**
 * Reads the address of a server: scheme, host and port only. `fosstodon.org` means
 * `https://fosstodon.org`.
 */
export function parseServer(text: string): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new InvalidArgumentError("expected a URL such as https://fosstodon.org");
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError("the URL contains a password; set MASTODON_TOKEN instead");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new InvalidArgumentError(`expected a server without a path, such as ${url.origin}`);
  }
  return url.origin;
}

/** Reads an http or https URL, and removes slashes at its end. */
export function parseAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("expected a URL that begins with http:// or https://");
  }
  return text.replace(/\/+$/, "");
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * Reads a duration such as `1.5h` as milliseconds; `all` stays `all`.
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
    throw new InvalidArgumentError("expected a duration such as 90s, 30m, 12h, 7d or 2w, or 'all'");
  }
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
}

/** Reads the place of the lake: a folder, `s3://bucket[/folder]`, or `none`. */
export function parseLake(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("expected a folder, s3://bucket or none");
  if (/^s3:\/\//i.test(text)) {
    if (!/^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/.*)?$/.test(text)) {
      throw new InvalidArgumentError("expected s3://bucket or s3://bucket/folder");
    }
  } else if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new InvalidArgumentError("expected a folder or s3://bucket");
  }
  return text.replace(/(?<=.)\/+$/, "");
}

/** Reads `[HOST:]PORT`. The default host is 127.0.0.1, so that only this machine can connect. */
export function parseListen(text: string): { hostname: string; port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError("expected [HOST:]PORT such as 9464");
  }
  return { hostname: host?.replace(/^\[(.*)\]$/, "$1") ?? "127.0.0.1", port: Number(port) };
}
