/**
 * Joins several answers into one. Each answer begins with a byte, which is 1 for a failure and 0
 * otherwise. Then follow the number of bytes of the body (four bytes, little-endian) and the body:
 * Arrow data, or the message of the failure.
 *
 * @module
 */

/** Joins answers; a text is the message of a failure. */
export function joinAnswers(parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const bodies = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : part
  );
  const joined = new Uint8Array(bodies.reduce((sum, { length }) => sum + length + 5, 0));
  const view = new DataView(joined.buffer);
  let at = 0;
  bodies.forEach((body, n) => {
    view.setUint8(at, typeof parts[n] === "string" ? 1 : 0);
    view.setUint32(at + 1, body.length, true);
    joined.set(body, at + 5);
    at += body.length + 5;
  });
  return joined;
}

/**
 * Splits what {@linkcode joinAnswers} has joined. A text is the message of a failure.
 *
 * @example
 * ```ts
 * import { joinAnswers, splitAnswers } from "./answers.ts";
 *
 * const [one, two] = splitAnswers(joinAnswers([new Uint8Array([7, 8]), "it failed"]).buffer);
 * if (String(one) !== "7,8" || two !== "it failed") throw new Error();
 * ```
 */
export function splitAnswers(joined: ArrayBuffer): (Uint8Array | string)[] {
  const view = new DataView(joined);
  const parts: (Uint8Array | string)[] = [];
  for (let at = 0; at < joined.byteLength;) {
    const length = view.getUint32(at + 1, true);
    // The bytes are copied, because Arrow needs them to be aligned.
    const body = new Uint8Array(joined.slice(at + 5, at + 5 + length));
    parts.push(view.getUint8(at) === 1 ? new TextDecoder().decode(body) : body);
    at += length + 5;
  }
  return parts;
}
