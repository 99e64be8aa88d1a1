/**
 * Parses JSON from servers. Long numbers keep their digits, and deep nesting is refused.
 *
 * @module
 */
import { JSON_DEPTH } from "../limits.ts";
import { asList } from "./fields.ts";

/**
 * Like `JSON.parse`, for an entity, a list of entities (also in the form that PHP writes), or a
 * frame of the stream. If the `id` of an entity is a whole number beyond 2^53, all whole numbers
 * beyond 2^53 in the text become strings. Some servers send ids as numbers, and a rounded id would
 * belong to another status.
 *
 * @throws {SyntaxError} if the text is not JSON, or is nested too deeply
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
  checkDepth(text);
  const value = JSON.parse(text);
  const entities = asList(value) ?? [value, (value as { payload?: unknown } | null)?.payload];
  return entities.some(isRounded) ? parseDigits(text) : value;
}

/** Returns true if the id of an entity has lost digits. */
function isRounded(entity: unknown): boolean {
  const id = (entity as { id?: unknown } | null)?.id;
  return typeof id === "number" && Number.isInteger(id) && !Number.isSafeInteger(id);
}

/**
 * Like `JSON.parse`, but all whole numbers beyond 2^53 become strings.
 *
 * @throws {SyntaxError} if the text is not JSON, or is nested too deeply
 */
export function parseDigits(text: string): unknown {
  // Parsing with a function needs stack space for each level, so the depth of short texts is
  // checked too.
  checkDepth(text, 0);
  return JSON.parse(text, keepDigits);
}

/**
 * Texts of at most this many characters are normally not checked: they cannot be nested so deeply
 * that it does harm. Real statuses are rarely longer.
 */
const LONG = 16_384;

/**
 * Refuses long texts that are nested too deeply. During parsing, each level takes fifty times as
 * much memory as it takes in the text.
 *
 * @throws {SyntaxError} if the text is longer than `longer` and too deep
 */
export function checkDepth(text: string, longer = LONG): void {
  if (text.length > longer && shapeOf(text).depth > JSON_DEPTH) {
    throw new TooDeep(`is nested deeper than ${JSON_DEPTH} levels`);
  }
}

class TooDeep extends SyntaxError {}

/** Says why a text cannot be parsed, without quoting it: `is not JSON`. */
export function jsonFault(error: unknown): string {
  return error instanceof TooDeep ? error.message : "is not JSON";
}

/** The depth and the size of the value that a JSON text describes. */
export interface Shape {
  /** The number of levels of arrays and objects. */
  readonly depth: number;
  /** Roughly the number of values. Each value takes memory, even `{}`. */
  readonly values: number;
}

/**
 * Measures JSON text without parsing it.
 *
 * @example
 * ```ts
 * import { shapeOf } from "./json.ts";
 *
 * const { depth, values } = shapeOf('[{"a":1},{},"[,,"]');
 * if (depth !== 2 || values !== 5) throw new Error();
 * ```
 */
export function shapeOf(text: string): Shape {
  let depth = 0, deepest = 0, values = 0, quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) quoted = !quoted;
    else if (code === 0x5C) i++;
    else if (quoted) continue;
    else if (code === 0x2C) values++;
    else if (code === 0x7B || code === 0x5B) {
      values++;
      deepest = Math.max(deepest, ++depth);
    } else if (code === 0x7D || code === 0x5D) depth--;
  }
  return { depth: deepest, values };
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) {
    return value;
  }
  const digits = context?.source ?? "";
  // The digits are copied. Otherwise V8 would keep the whole JSON text in memory for this slice.
  return /^-?\d{1,64}$/.test(digits) ? String(BigInt(digits)) : value;
}

/**
 * Formats a value as JSON; null if that is impossible, such as for a value that is nested too
 * deeply.
 *
 * @example
 * ```ts
 * import { jsonText } from "./json.ts";
 *
 * if (jsonText({ id: "1" }) !== '{"id":"1"}') throw new Error();
 * if (jsonText(JSON.parse('{"0":'.repeat(1e5) + "1" + "}".repeat(1e5))) !== null) throw new Error();
 * ```
 */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}
