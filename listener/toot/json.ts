/**
 * JSON whose long numbers keep their digits.
 *
 * @module
 */

const LONG_ID = /"id"\s*:\s*\d{16}/;

/**
 * `JSON.parse`, with whole numbers beyond 2^53 as strings: servers before
 * Mastodon 2 send ids as numbers, and rounded ids belong to somebody else.
 *
 * @throws {SyntaxError} where the text is no JSON
 *
 * @example
 * ```ts
 * import { parseJson } from "./json.ts";
 *
 * const status = parseJson('{"id": 116000000000000001}') as { id: unknown };
 * if (status.id !== "116000000000000001") throw new Error();
 * ```
 */
export function parseJson(text: string): unknown {
  return LONG_ID.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) {
    return value;
  }
  return /^-?\d+$/.test(context?.source ?? "") ? context!.source : value;
}
