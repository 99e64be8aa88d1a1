/**
 * Builds JSON from strings, in two forms: plain, and escaped. A streaming frame contains its status
 * as an escaped string. Each literal piece is escaped only once, which makes frames cheap.
 *
 * @module
 */

/** A way of writing JSON. */
export interface Json {
  /**
   * Joins literal text and values. Values are inserted unchanged, so they must be JSON of this
   * form, or text that needs no escaping.
   */
  (literals: TemplateStringsArray, ...values: (string | number | boolean)[]): string;
  /** Returns the JSON of any value, in this form. */
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

/** Plain JSON. */
export const plainJson: Json = form((text) => text);

/**
 * JSON that is escaped for use inside a string.
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
