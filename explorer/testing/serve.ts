/**
 * The explorer's server for tests, on a free port.
 *
 * @module
 */
import { openSnapshots, type SnapshotOptions } from "../data/snapshot.ts";
import { assets } from "../server/assets.ts";
import { openGuard } from "../server/guard.ts";
import { startServer } from "../server/serve.ts";
import type { Asset } from "../server/serve.ts";

/** Options of {@linkcode withServer}. */
export interface TestServerOptions extends SnapshotOptions {
  readonly token?: string;
  readonly texts?: boolean;
  /** True to serve the page too, which takes a second to bundle. Default: false. */
  readonly page?: boolean;
  /** The shortest pause between two checks of the lake, in milliseconds. Default: 300. */
  readonly every?: number;
}

/** Starts the server, and stops it after `work`. */
export async function withServer(
  options: TestServerOptions,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const { token = null, texts = true, page = false, every = 300, ...snapshot } = options;
  const snapshots = await openSnapshots(snapshot);
  const server = startServer({
    hostname: "127.0.0.1",
    port: 0,
    guard: openGuard({ token }),
    snapshots: Promise.resolve(snapshots),
    assets: page ? assets() : new Map<string, Asset>(),
    lakeName: "test",
    location: snapshot.location,
    texts,
    every,
    warn: () => {},
  });
  try {
    await work(server.url);
  } finally {
    await server.close();
    await snapshots.close();
  }
}
