/**
 * Stores statuses in columns, that is, arrays of numbers. One object per status would burden the
 * garbage collector.
 *
 * @module
 */
import type { Given, Outcome } from "./given.ts";

const OUTCOMES: readonly Outcome[] = ["pending", "record", "hashed", "left out"];

/** The bits of a status's flags. The lowest two bits are its outcome. */
const OUTCOME = 3, DELETED = 4, CHANGED = 8;

/** The initial capacity, in statuses. */
const ROOM = 64;

/**
 * A generation of statuses: the older or the younger part of the memory. Its methods return
 * {@linkcode Given} objects, which read and write the columns.
 *
 * @example
 * ```ts
 * import { GivenColumns } from "./given-columns.ts";
 *
 * const young = new GivenColumns();
 * young.add("116000000000000001", 1_769_934_601_000, 0, 0).outcome = "record";
 * if (young.find("116000000000000001")?.outcome !== "record") throw new Error();
 * ```
 */
export class GivenColumns {
  readonly #rows = new Map<string, number>();
  at = new Float64Array(ROOM);
  edited = new Float64Array(ROOM);
  fingerprint = new Uint32Array(ROOM);
  asked = new Uint32Array(ROOM);
  order = new Uint32Array(ROOM);
  sweep = new Uint32Array(ROOM);
  flags = new Uint8Array(ROOM);

  get size(): number {
    return this.#rows.size;
  }

  find(id: string): Given | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : new Row(this, row, id);
  }

  /** Adds a new status. */
  add(id: string, at: number, edited: number, order: number): Given {
    const row = this.#rows.size;
    if (row === this.at.length) this.#grow();
    this.#rows.set(id, row);
    this.at[row] = at;
    this.edited[row] = edited;
    this.order[row] = order;
    return new Row(this, row, id);
  }

  /** Yields all statuses, in the order in which they were added. */
  *[Symbol.iterator](): Generator<readonly [string, Given]> {
    for (const [id, row] of this.#rows) yield [id, new Row(this, row, id)];
  }

  #grow(): void {
    this.at = grown(this.at);
    this.edited = grown(this.edited);
    this.fingerprint = grown(this.fingerprint);
    this.asked = grown(this.asked);
    this.order = grown(this.order);
    this.sweep = grown(this.sweep);
    this.flags = grown(this.flags);
  }
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(column: T): T {
  const longer = new (column.constructor as new (length: number) => T)(column.length * 2);
  longer.set(column);
  return longer;
}

/** One status of a generation, as a view on the columns. */
class Row implements Given {
  readonly #columns: GivenColumns;
  readonly #row: number;
  readonly id: string;

  constructor(columns: GivenColumns, row: number, id: string) {
    this.#columns = columns;
    this.#row = row;
    this.id = id;
  }

  get at(): number {
    return this.#columns.at[this.#row]!;
  }
  get edited(): number {
    return this.#columns.edited[this.#row]!;
  }
  set edited(time: number) {
    this.#columns.edited[this.#row] = time;
  }
  get fingerprint(): number {
    return this.#columns.fingerprint[this.#row]!;
  }
  set fingerprint(number: number) {
    this.#columns.fingerprint[this.#row] = number;
  }
  get asked(): number {
    return this.#columns.asked[this.#row]!;
  }
  set asked(seconds: number) {
    this.#columns.asked[this.#row] = seconds;
  }
  get order(): number {
    return this.#columns.order[this.#row]!;
  }
  get sweep(): number {
    return this.#columns.sweep[this.#row]!;
  }
  set sweep(number: number) {
    this.#columns.sweep[this.#row] = number;
  }
  get outcome(): Outcome {
    return OUTCOMES[this.#columns.flags[this.#row]! & OUTCOME]!;
  }
  set outcome(outcome: Outcome) {
    const { flags } = this.#columns;
    flags[this.#row] = flags[this.#row]! & ~OUTCOME | OUTCOMES.indexOf(outcome);
  }
  get deleted(): boolean {
    return this.#is(DELETED);
  }
  set deleted(is: boolean) {
    this.#set(DELETED, is);
  }
  get changed(): boolean {
    return this.#is(CHANGED);
  }
  set changed(is: boolean) {
    this.#set(CHANGED, is);
  }

  #is(flag: number): boolean {
    return (this.#columns.flags[this.#row]! & flag) !== 0;
  }

  #set(flag: number, is: boolean): void {
    const { flags } = this.#columns;
    flags[this.#row] = is ? flags[this.#row]! | flag : flags[this.#row]! & ~flag;
  }
}
