/**
 * JSON put together from strings, in two forms: plain, and escaped for a string of
 * other JSON, which is how a streaming frame holds its status. Each literal piece is
 * escaped once, which makes frames cheap.
 *
 * @module
 */

/** A way of writing JSON. */
export interface Json {
  /** Joins literal text and values that are JSON already, or need no quotes. */
  (literals: TemplateStringsArray, ...values: (string | number | boolean)[]): string;
  /** The JSON of any value. */
  of(value: unknown): string;
}

function form(escape: (text: string) => string): Json {
  const known = new Map<TemplateStringsArray, readonly string[]>();
  const write = (
    literals: TemplateStringsArray,
    ...values: (string | number | boolean)[]
  ): string => {
    let pieces = known.get(literals);
    if (!pieces) known.set(literals, pieces = literals.map(escape));
    let text = pieces[0]!;
    for (let i = 0; i < values.length; i++) text += values[i] + pieces[i + 1]!;
    return text;
  };
  return Object.assign(write, { of: (value: unknown) => escape(JSON.stringify(value)) });
}

/** JSON as it is. */
export const plainJson: Json = form((text) => text);

/**
 * JSON for inside a string.
 *
 * @example
 * ```ts
 * import { quotedJson } from "./json.ts";
 *
 * const inner = quotedJson`{"id":"${1}","content":${quotedJson.of('"Hi"')}}`;
 * if (JSON.parse(JSON.parse(`"${inner}"`)).content !== '"Hi"') throw new Error();
 * ```
 */
export const quotedJson: Json = form((text) => JSON.stringify(text).slice(1, -1));
