/**
 * The right to write a partition of a lake.
 *
 * A partition has one writer at a time, because two writers would give two files the same name. In
 * a folder, the writer holds a lock on the partition. An object store has no locks, so each writer
 * there has a partition number of its own.
 *
 * @module
 */

/** A partition that belongs to this process until it is released. */
export interface Claim {
  readonly partition: number;
  release(): void;
}
