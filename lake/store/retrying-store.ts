/**
 * A store that repeats every request while the object store is unreachable.
 *
 * @module
 */
import { retryStore, type StoreRetryOptions } from "./retry-store.ts";
import type { Store } from "./store.ts";

/**
 * Wraps a store so that it repeats requests. `publish` keeps the scratch file until the object
 * store has received it. The result of `writeText` may be null although an earlier attempt wrote
 * the text, so the caller must read the text and compare.
 */
export function retryingStore(store: Store, options: StoreRetryOptions): Store {
  const again = <T>(work: () => Promise<T>) => retryStore(work, options);
  return {
    location: store.location,
    url: (path) => store.url(path),
    list: (prefix) => again(() => store.list(prefix)),
    readText: (path) => again(() => store.readText(path)),
    readBytes: (path) => again(() => store.readBytes(path)),
    writeText: (path, text, over) => again(() => store.writeText(path, text, over)),
    scratch: (name) => store.scratch(name),
    publish: (scratch, path, rows) => again(() => store.publish(scratch, path, rows)),
    rowCount: (path) => again(() => store.rowCount(path)),
    local: (path) => again(() => store.local(path)),
    remove: (paths) => again(() => store.remove(paths)),
  };
}
