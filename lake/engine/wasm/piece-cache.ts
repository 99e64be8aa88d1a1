/**
 * A cache of pieces of files, limited by the total size of the pieces.
 *
 * @module
 */

/** A cache of pieces by their names. */
export interface PieceCache {
  has(name: string): boolean;
  get(name: string): Uint8Array | undefined;
  set(name: string, piece: Uint8Array): void;
}

/**
 * Creates a cache of at most `most` bytes. It drops the least recently used pieces first.
 *
 * @example
 * ```ts
 * import { pieceCache } from "./piece-cache.ts";
 *
 * const cache = pieceCache(2);
 * for (const name of ["a", "b"]) cache.set(name, new Uint8Array(1));
 * cache.get("a");
 * cache.set("c", new Uint8Array(1));
 * if (!cache.has("a") || cache.has("b")) throw new Error("b was used before a");
 * ```
 */
export function pieceCache(most: number): PieceCache {
  const pieces = new Map<string, Uint8Array>();
  let bytes = 0;
  return {
    has: (name: string) => pieces.has(name),
    get(name: string) {
      const piece = pieces.get(name);
      if (piece) {
        pieces.delete(name);
        pieces.set(name, piece);
      }
      return piece;
    },
    set(name: string, piece: Uint8Array) {
      pieces.set(name, piece);
      bytes += piece.length;
      for (const [oldest, { length }] of pieces) {
        if (bytes <= most) break;
        pieces.delete(oldest);
        bytes -= length;
      }
    },
  };
}
