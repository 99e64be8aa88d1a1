/**
 * Lists the objects of an S3-compatible store and reads their ranges, for the wasm engine.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { FileGone } from "../../store/failures.ts";
import { s3Place, type S3Settings } from "../../store/s3-settings.ts";
import type { StoredFile } from "../../store/store.ts";
import { startBlocking } from "./blocking.ts";
import type { Files } from "./files.ts";
import { fixedPrefix, globExpression, isPattern } from "./glob.ts";
import { pieceCache } from "./piece-cache.ts";

/** A range of one object. */
export interface Range {
  readonly key: string;
  readonly version: string;
  readonly from: number;
  /** The end of the range. The byte at this index is not included. */
  readonly to: number;
}

/** The questions that the worker answers. */
export type BucketQuestion =
  & { readonly bucket: string }
  & (
    | { readonly what: "list"; readonly prefix: string }
    | { readonly what: "page"; readonly prefix: string; readonly after: string }
    | {
      readonly what: "read";
      readonly ranges: readonly Range[];
      /** Ranges that are probably read next. The worker fetches them in the background. */
      readonly ahead: readonly Range[];
    }
  );

/** The worker's answer: `objects` to `list` and `page`, `ranges` to `read`. */
export interface BucketAnswer {
  readonly objects?: StoredFile[];
  /**
   * The bytes of the ranges. They are plain buffers, because Deno's `receiveMessageOnPort` is slow
   * for a typed array: it inspects each element.
   */
  readonly ranges?: ArrayBuffer[];
}

/** Objects are read and cached in pieces of this many bytes. A smaller object is one piece. */
const PIECE = 2 ** 18;
/** The maximum number of bytes in the cache. Later statements reuse the pieces in it. */
const KEPT = 2 ** 27;
/**
 * The number of small objects that are fetched together if objects are read in the order of the
 * listing.
 */
const TOGETHER = 16;

/** Opens the objects of a store. A worker runs until {@linkcode Files.close}. */
export async function bucketFiles(settings: S3Settings): Promise<Files> {
  const worker = await startBlocking<BucketQuestion, BucketAnswer>(
    new URL("./bucket-worker.ts", import.meta.url),
    settings,
  );
  const pieces = pieceCache(KEPT);
  // The objects that the current statement has listed. `order` has their paths in listing order.
  const known = new Map<string, { readonly object: StoredFile; readonly place: number }>();
  const order: string[] = [];
  /** The index in `order` of the object that was read last; -1 at first. */
  let last = -1;

  function learn(bucket: string, objects: readonly StoredFile[]): string[] {
    return objects.map((object) => {
      const path = `s3://${bucket}/${object.path}`;
      if (!known.has(path)) known.set(path, { object, place: order.push(path) - 1 });
      return path;
    });
  }

  /**
   * Finds an object by its path. The objects after it are listed too, because they are probably
   * read next.
   */
  function find(path: string) {
    if (!known.has(path)) {
      const { bucket, prefix: key } = s3Place(path);
      const prefix = key.slice(0, key.lastIndexOf("/") + 1);
      const after = key.slice(0, -1);
      const { objects } = worker.ask({ what: "page", bucket, prefix, after });
      learn(bucket, objects!);
    }
    return known.get(path);
  }

  function search(pattern: string): string[] {
    const { bucket } = s3Place(pattern);
    const prefix = fixedPrefix(pattern).slice(`s3://${bucket}/`.length);
    const { objects } = worker.ask({ what: "list", bucket, prefix });
    const expression = globExpression(pattern);
    return learn(bucket, objects!).filter((path) => expression.test(path));
  }

  function stored(path: string): StoredFile {
    const found = find(path);
    if (found) return found.object;
    throw new FileGone(path, "removed");
  }

  /**
   * Returns the pieces from `first` up to and including `last` that are not in the cache, as ranges
   * of `path`.
   */
  function missing(path: string, first: number, last: number): Range[] {
    const { path: key, version, bytes } = stored(path);
    const ranges: Range[] = [];
    for (let i = first; i <= last; i++) {
      if (pieces.has(`${path} ${version} ${i}`)) continue;
      const from = i * PIECE, to = Math.min(bytes, from + PIECE);
      const before = ranges.at(-1);
      if (before?.to === from) ranges[ranges.length - 1] = { ...before, to };
      else ranges.push({ key, version, from, to });
    }
    return ranges;
  }

  function fetch(path: string, ranges: readonly Range[], ahead: readonly Range[]) {
    const { bucket } = s3Place(path);
    const { ranges: fetched } = worker.ask({ what: "read", bucket, ranges, ahead });
    ranges.forEach(({ key, version, from }, n) => {
      const bytes = fetched![n]!;
      for (let at = 0; at < bytes.byteLength; at += PIECE) {
        const name = `s3://${bucket}/${key} ${version} ${(from + at) / PIECE}`;
        pieces.set(name, new Uint8Array(bytes.slice(at, at + PIECE)));
      }
    });
  }

  /** Returns the small objects among the `count` objects that are listed after `path`. */
  function following(path: string, count: number): string[] {
    const { place } = known.get(path)!;
    const { bucket } = s3Place(path);
    return order.slice(place + 1, place + 1 + count)
      .filter((next) => stored(next).bytes <= PIECE && s3Place(next).bucket === bucket);
  }

  /**
   * Fetches a small object together with the next ones in the listing. Further small objects are
   * fetched in the background.
   */
  function fetchSmall(path: string) {
    const paths = [path, ...following(path, 2 * TOGETHER - 1)];
    const whole = (some: readonly string[]) => some.flatMap((one) => missing(one, 0, 0));
    fetch(path, whole(paths.slice(0, TOGETHER)), whole(paths.slice(TOGETHER)));
  }

  return {
    // `glob` throws if nothing matches. After an empty list, DuckDB would report that httpfs is
    // missing.
    glob(pattern) {
      const found = isPattern(pattern) ? search(pattern) : find(pattern) ? [pattern] : [];
      if (found.length === 0) throw new Failure(`${pattern}: no such file`);
      return found;
    },
    open: (path) => stored(path).bytes,
    read(path, at, into) {
      const { bytes, version } = stored(path);
      if (at + into.length > bytes) throw new Failure(`${path} is shorter than its listed size`);
      const first = Math.floor(at / PIECE), end = Math.ceil((at + into.length) / PIECE) - 1;
      const ranges = missing(path, first, end);
      const { place } = known.get(path)!;
      const inTurn = place > 0 && place === last + 1;
      last = place;
      if (ranges.length > 0) {
        if (inTurn && bytes <= PIECE) fetchSmall(path);
        else fetch(path, ranges, []);
      }
      for (let i = first; i <= end; i++) {
        const piece = pieces.get(`${path} ${version} ${i}`)!;
        const from = Math.max(0, at - i * PIECE);
        const to = Math.min(piece.length, at + into.length - i * PIECE);
        into.set(piece.subarray(from, to), i * PIECE + from - at);
      }
    },
    release() {},
    refresh() {
      known.clear();
      order.length = 0;
      last = -1;
    },
    close: () => worker.close(),
  };
}
