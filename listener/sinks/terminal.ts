/**
 * The terminal as a sink: one line per toot.
 *
 * @module
 */
import type { Toot } from "../../record/record.ts";
import { warningOf } from "../toot/warning.ts";
import type { LogFormat } from "../report/log.ts";
import { jsonLine, plain } from "./plain.ts";
import type { Screen } from "./screen.ts";
import type { OnDurable, Sink } from "./sink.ts";

/** Options of {@linkcode openTerminalSink}. */
export interface TerminalOptions {
  readonly screen: Screen;
  readonly format: LogFormat;
  readonly color: boolean;
  /** The terminal's columns, read for each batch. */
  readonly columns: () => number;
  /** Called when stdout is closed (`| head`). */
  readonly onClosed: () => void;
}

/** The name of this sink. */
export const TERMINAL = "terminal";

/**
 * Opens the sink that prints toots. It reports a batch as durable as soon as it has printed the
 * toots, because it stores nothing.
 */
export function openTerminalSink(options: TerminalOptions, onDurable: OnDurable): Sink {
  const { screen, format, color, columns, onClosed } = options;
  let closed = false;
  return {
    name: TERMINAL,
    async write({ seq, toots }) {
      if (!closed && toots.length > 0) {
        const width = columns();
        const line = format === "json"
          ? tootJson
          : (toot: Toot) => tootLine(toot, { columns: width, color });
        try {
          await screen.print(toots.map((toot) => `${line(toot)}\n`).join(""));
        } catch (error) {
          if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
          closed = true;
          onClosed();
        }
      }
      onDurable(seq);
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/**
 * Formats a toot as a line: the time when it was posted (UTC), server, language, app, and the first
 * words. If the text is withheld or has a content warning, the reason or the warning is shown
 * instead.
 */
export function tootLine(
  toot: Toot,
  { columns, color }: { columns: number; color: boolean },
): string {
  const paint = (code: number, text: string) => color ? `\x1b[${code}m${text}\x1b[0m` : text;
  const server = plain(URL.parse(toot.base_url)?.host ?? toot.base_url, 24).padEnd(16);
  const language = plain(toot.language, 8).padEnd(3);
  const app = plain(toot.app ?? "-", 20).padEnd(12);
  const head = `${toot.created_at_str.slice(11)}  ${server}  ${language}  ${app}  `;
  const room = Math.max(20, columns - head.length);
  const words = toot.withheld !== null
    ? paint(2, plain(`(withheld: ${toot.withheld})`, room))
    : toot.warning
    ? paint(2, plain(`(content warning: ${warningOf(toot)})`, room))
    : plain(toot.mastodon_text ?? "", room);
  return `${paint(2, toot.created_at_str.slice(11))}  ${paint(36, server)}  ` +
    `${paint(33, language)}  ${paint(35, app)}  ${words}`;
}

/**
 * Formats a toot as a line of JSON: the values of {@linkcode tootLine}, the address of the toot and
 * its number of words.
 */
export function tootJson(toot: Toot): string {
  return jsonLine({
    time: new Date(toot.posted_at).toISOString(),
    server: toot.base_url,
    uri: toot.uri,
    language: toot.language,
    app: toot.app,
    words: toot.words,
    withheld: toot.withheld,
    warning: toot.warning && toot.withheld === null ? plain(warningOf(toot), 80) : null,
    text: toot.mastodon_text === null || toot.warning ? null : plain(toot.mastodon_text, 80),
  });
}
