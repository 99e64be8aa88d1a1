/**
 * Writes Avro strings in one pass. avsc first measures a string and then writes it, and measuring
 * needs a slow call out of JavaScript. With twenty strings in a record, measuring takes most of the
 * time of writing the record.
 *
 * @module
 */
import avro from "avsc";

/** Where avsc writes a value: into `buf`, starting at `pos`. */
interface Tap {
  readonly buf: Uint8Array;
  pos: number;
}

/** The method that avsc's types have, but that avsc's TypeScript declarations leave out. */
interface Writes {
  _write(tap: Tap, value: unknown): void;
}

const { StringType } = avro.types as unknown as { StringType: new () => avro.Type & Writes };
const encoder = new TextEncoder();

/**
 * Most strings with fewer UTF-16 code units than this are ASCII. The length of such a string is
 * written as one byte.
 */
const SHORT = 64;
/**
 * A length below `TWO` is written as two bytes, and a length below `THREE` as three. A length is
 * the number of UTF-8 bytes of a string.
 */
const TWO = 8_192, THREE = 1_048_576;

class OnePassString extends StringType {
  override _write(tap: Tap, value: unknown): void {
    const written = typeof value === "string" &&
      (value.length < SHORT ? writeAscii(tap, value) : writeLong(tap, value));
    // avsc writes all other values: a short string with non-ASCII letters, a very long string, a
    // string that may not fit into the buffer, or a value that is not a string.
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
  // The length is written before the bytes, but known only after them. So room is left for the
  // longest possible length.
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

/** The Avro type of all strings in the records. */
export const onePassString: avro.Type = new OnePassString();
