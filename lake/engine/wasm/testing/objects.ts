/**
 * An object store for tests. It runs in a worker, because the engine under test blocks its own
 * thread. It supports only the requests that the engine sends.
 *
 * @module
 */

/** The requests that the store has served since the previous {@linkcode Objects.tell}. */
export interface Served {
  lists: number;
  reads: number;
  bytes: number;
}

/** The messages to the worker. */
export type Order =
  | { readonly what: "put"; readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly what: "delete"; readonly key: string }
  /** Hides or shows an object. A hidden object is listed, but cannot be read. */
  | { readonly what: "hide" | "show"; readonly key: string }
  | { readonly what: "served" }
  | { readonly what: "end" };

/** A store with one bucket, `lake`, for the user `minio`. */
export interface Objects {
  /** The host and port: `127.0.0.1:1234`. */
  readonly endpoint: string;
  /** Sends an order to the store, and returns the requests that it has served. */
  tell(order: Order): Promise<Served>;
  close(): Promise<void>;
}

/** Starts a store on a free port. */
export async function serveObjects(): Promise<Objects> {
  const worker = new Worker(new URL("./objects-worker.ts", import.meta.url), { type: "module" });
  const next = <T>() =>
    new Promise<T>((resolve) => {
      worker.addEventListener("message", ({ data }) => resolve(data as T), { once: true });
    });
  const port = await next<number>();
  async function tell(order: Order): Promise<Served> {
    const answer = next<Served>();
    worker.postMessage(order);
    return await answer;
  }
  return {
    endpoint: `127.0.0.1:${port}`,
    tell,
    async close() {
      await tell({ what: "end" });
      worker.terminate();
    },
  };
}
