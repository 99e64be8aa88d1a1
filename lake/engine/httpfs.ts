/**
 * Loads and configures httpfs, DuckDB's extension for `s3://`.
 *
 * @module
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure, firstLine } from "../../common/failure.ts";
import type { S3Settings } from "../store/s3-settings.ts";
import { quote } from "./sql.ts";

/**
 * Writes the SQL statements that pass the settings of the object store to httpfs. The SQL contains
 * the secret key.
 */
export function httpfsSettings(settings: S3Settings): string {
  const lines = [
    `SET s3_endpoint=${quote(settings.endpoint)}`,
    `SET s3_access_key_id=${quote(settings.accessKeyId)}`,
    `SET s3_secret_access_key=${quote(settings.secretAccessKey)}`,
    `SET s3_use_ssl=${settings.useSsl}`,
    `SET s3_region=${quote(settings.region)}`,
    `SET s3_url_style=${quote(settings.urlStyle)}`,
  ];
  if (settings.sessionToken) lines.push(`SET s3_session_token=${quote(settings.sessionToken)}`);
  return lines.map((line) => `${line};`).join("\n");
}

/**
 * Loads httpfs.
 *
 * @param file the file of the extension; undefined to use DuckDB's own copy, which DuckDB downloads
 * if it is not installed
 * @throws {Failure} if it cannot be loaded
 */
export async function loadHttpfs(
  connection: DuckDBConnection,
  file: string | undefined,
): Promise<void> {
  if (file !== undefined) {
    try {
      await connection.run(`LOAD ${quote(file)}`);
      return;
    } catch (cause) {
      throw new Failure(`DUCKDB_HTTPFS: '${file}' cannot be loaded: ${firstLine(cause)}`, {
        exitCode: 2,
        cause,
      });
    }
  }
  try {
    await connection.run("LOAD httpfs");
  } catch {
    try {
      await connection.run("INSTALL httpfs; LOAD httpfs");
    } catch (cause) {
      const [row] = (await connection.runAndReadAll("select version() as v")).getRowObjectsJS();
      const version = String(row?.["v"]).replace(/^v/, "");
      throw new Failure(
        `DuckDB cannot fetch its httpfs extension, which s3:// needs; download the file another ` +
          `way (pip download duckdb-extension-httpfs==${version}, then unzip it) and set ` +
          `DUCKDB_HTTPFS to its path`,
        { cause },
      );
    }
  }
}
