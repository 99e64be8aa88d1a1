/**
 * Avro strings, written in one pass. avsc measures a string, then writes it, and
 * measuring is a call out of JavaScript: with twenty strings a record that is
 * most of what writing a record costs.
 *
 * @module
 */
import avro from "avsc";

/** Where avsc's types write: the bytes, and the place in them. */
interface Tap {
  readonly buf: Uint8Array;
  pos: number;
}

/** The part of avsc's type that is not in its declarations. */
interface Writes {
  _write(tap: Tap, value: unknown): void;
}

const { StringType } = avro.types as unknown as { StringType: new () => avro.Type & Writes };
const encoder = new TextEncoder();

/** Shorter strings are mostly ASCII, and their length is one byte. */
const SHORT = 64;
/** Lengths below this take two bytes, below the next three. */
const TWO = 8_192, THREE = 1_048_576;

class OnePassString extends StringType {
  override _write(tap: Tap, value: unknown): void {
    const written = typeof value === "string" &&
      (value.length < SHORT ? writeAscii(tap, value) : writeLong(tap, value));
    // Whatever is left: other letters in a short string, no room, no string at all.
    if (!written) super._write(tap, value);
  }
}

function writeAscii(tap: Tap, text: string): boolean {
  const { buf, pos } = tap;
  const { length } = text;
  if (pos + 1 + length > buf.length) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    buf[pos + 1 + i] = code;
  }
  buf[pos] = length << 1;
  tap.pos = pos + 1 + length;
  return true;
}

function writeLong(tap: Tap, text: string): boolean {
  const { buf, pos } = tap;
  const most = text.length * 3;
  if (most >= THREE || pos + 3 + most > buf.length) return false;
  // The length stands before the bytes and is known after them: make room for the longest.
  const room = most < TWO ? 2 : 3;
  const { written } = encoder.encodeInto(text, buf.subarray(pos + room));
  const size = written < TWO ? 2 : 3;
  if (size < room) buf.copyWithin(pos + size, pos + room, pos + room + written);
  buf[pos] = (written << 1 & 0x7f) | 0x80;
  buf[pos + 1] = size === 2 ? written >> 6 : (written >> 6 & 0x7f) | 0x80;
  if (size === 3) buf[pos + 2] = written >> 13;
  tap.pos = pos + size + written;
  return true;
}

/** The type of all our strings. */
export const onePassString: avro.Type = new OnePassString();
