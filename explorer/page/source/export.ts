/**
 * The data of a static export: counts by two dimensions, read by DuckDB in the browser.
 *
 * @module
 */
import * as duckdb from "@duckdb/duckdb-wasm";
import type { Connector } from "@uwdata/mosaic-core";
import { cast, column, Query, sum } from "@uwdata/mosaic-sql";
import { PAIRED } from "../../export/pairs-sql.ts";
import type { DimensionName } from "../dimensions.ts";
import type { About, Source } from "./source.ts";

/** The dimensions whose values are numbers. */
const NUMBERS: readonly string[] = ["slot", "week_hour", "length_bin"];

const beside = (file: string) => new URL(file, location.href).href;

async function load(file: string): Promise<Response> {
  const response = await fetch(beside(file)).catch(() => null);
  if (!response?.ok) throw new Error(`${file} is missing beside this page`);
  return response;
}

const tableOf = (a: string, b: string) => `pair_${a}_${b}`;

/**
 * Creates one table for each pair of dimensions, so that a query reads only the counts that it
 * needs.
 */
async function openPairs(): Promise<duckdb.AsyncDuckDBConnection> {
  const database = new duckdb.AsyncDuckDB(
    new duckdb.VoidLogger(),
    new Worker(beside("duckdb-worker.js")),
  );
  await database.instantiate(beside("duckdb.wasm"));
  const bytes = new Uint8Array(await (await load("pairs.parquet")).arrayBuffer());
  await database.registerFileBuffer("pairs.parquet", bytes);
  const connection = await database.connect();
  await connection.query("create table pairs as select * from read_parquet('pairs.parquet')");
  // Pairs without published counts need a table too.
  const pairs = PAIRED.flatMap((a) => PAIRED.map((b) => ({ a, b })));
  const value = (name: string, dimension: string) =>
    NUMBERS.includes(dimension) ? `${name}::INTEGER as ${name}` : name;
  await connection.query(
    pairs.map(({ a, b }) =>
      `create table ${tableOf(a, b)} as select ${value("value", a)}, ${value("other", b)},
        n::DOUBLE as n from pairs where a = '${a}' and b = '${b}';`
    ).join("\n"),
  );
  return connection;
}

/** Creates the source that reads the files beside the page. */
export function exportSource(): Source & { prepare(): Promise<void> } {
  let opening: Promise<duckdb.AsyncDuckDBConnection> | null = null;
  const open = () => opening ??= openPairs();
  const connector = {
    async query({ type, sql }: { type: string; sql: string }) {
      const connection = await open();
      const bytes = await connection.useUnsafe((bindings, id) => bindings.runQuery(id, sql));
      return type === "exec" ? undefined : bytes;
    },
  } as Connector;
  return {
    connector,
    /**
     * Opens the database before the first filter needs it. Charts without a filter need no query.
     */
    prepare: async () => void await open(),
    about: async () => await (await load("about.json")).json() as About,
    counts(by: DimensionName | null, filter, filteredBy) {
      const any = Array.isArray(filter) ? filter.length > 0 : filter != null;
      const table = tableOf(by ?? "all", any && filteredBy ? filteredBy : "all");
      const query = Query.from(table);
      if (by !== null) query.select({ value: column("value") }).groupby(column("value"));
      return query.select({ n: cast(sum("n"), "DOUBLE") }).where(any ? filter! : []);
    },
    encode: (_, label) => label,
    decode: (_, value) => value as string | number,
    know: () => {},
    field: () => column("other"),
    oneFilter: true,
    server: null,
  };
}
