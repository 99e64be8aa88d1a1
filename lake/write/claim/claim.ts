/**
 * The right to write a partition of a lake.
 *
 * A partition has one writer at a time, because two would give the same name to two
 * files. In a folder the writer holds a lock on the partition. An object store has no
 * locks, so there each writer uses a number that no other writer uses.
 *
 * @module
 */

/** A partition that belongs to this process until it is released. */
export interface Claim {
  readonly partition: number;
  release(): void;
}
