/**
 * The lines of a stream of bytes.
 *
 * @module
 */

/**
 * The maximum number of UTF-16 code units of a line. A longer one is cut, and becomes a dead
 * letter.
 */
export const LONGEST_LINE = 1 << 24;

/**
 * Splits UTF-8 bytes into lines, with little memory. Each array that is yielded has the lines that
 * end in one chunk of bytes. Only a line feed ends a line, because texts may contain other
 * separators, such as U+2028. A line longer than {@linkcode LONGEST_LINE} is cut, but stays longer
 * than the limit, so that the reader notices.
 *
 * @example
 * ```ts
 * import { lines } from "./lines.ts";
 *
 * const bytes = new Blob(["a\u2028b\nc\r\n\nd"]).stream();
 * const read = (await Array.fromAsync(lines(bytes))).flat();
 * if (read.join("|") !== "a\u2028b|c\r||d") throw new Error();
 * ```
 */
export async function* lines(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let any = false; // True if the last line has no line feed yet.
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    const parts = text.split("\n");
    any = text === "" ? any : parts.at(-1) !== "";
    if (rest.length <= LONGEST_LINE) rest += parts[0];
    if (parts.length === 1) {
      if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE + 1);
      continue;
    }
    parts[0] = rest;
    rest = parts.pop()!;
    yield parts;
  }
  rest += decoder.decode();
  if (any || rest !== "") yield [rest];
}
