/**
 * The actions of the admin routes on a federation.
 *
 * @module
 */
import type { Federation } from "./federation-types.ts";
import type { Ledger } from "./ledger.ts";
import type { AdminActions } from "./server/admin.ts";
import type { RunningServer } from "./server/server.ts";
import type { Truth } from "./truth.ts";

/** Options of {@linkcode createAdminActions}. */
export interface AdminActionsOptions {
  servers: readonly RunningServer[];
  ledger: Ledger;
  /** The number of the first post after the start. Posts with lower numbers are the history. */
  history: number;
  federation(): Federation;
  deleted(): Iterable<Truth>;
}

/** Creates the actions of the admin routes for a federation. */
export function createAdminActions(options: AdminActionsOptions): AdminActions {
  const { servers, ledger, history, federation, deleted } = options;
  return {
    servers: () =>
      servers.map(({ baseURL, domain, token, streamingURL }) => ({
        baseURL,
        domain,
        token,
        streamingURL,
      })),
    stats: () => ({
      published: ledger.next,
      history,
      kept: ledger.next - ledger.first,
      servers: servers.map(({ baseURL, streaming, requests }) => ({
        baseURL,
        requests: requests.length,
        ...streaming.counts(),
      })),
    }),
    publish: (n, home) =>
      federation().publish(n, home === undefined ? {} : { home }).map(({ uri }) => uri),
    step: (n) => federation().step(n),
    edit: (uri) => federation().edit(uri)?.uri,
    delete: (uri) => federation().delete(uri)?.uri,
    truth: () => federation().eachTruth(),
    deleted,
    rate: (rate, n) => void federation().run({ rate, ...(n === undefined ? {} : { count: n }) }),
    faults: (server) =>
      servers[server]!.faults.list().map(({ id, fault, left }) => ({
        id,
        ...fault,
        left: Number.isFinite(left) ? left : null,
      })),
    fault: async (server, fault) => void await federation().fault(server, fault),
    heal: (server) => servers[server]!.heal(),
    software: (server) => {
      const { name, version } = servers[server]!.software;
      return { name, version };
    },
    setSoftware: (server, text) => federation().setSoftware(server, text),
  };
}
