/**
 * Helpers for the tests of faults.
 *
 * @module
 */
import type { Fault, Federation, FederationOptions, SimulatedServer } from "../mod.ts";
import { opened, read, streamOf } from "./plain-reader.ts";

/** Options for one server, without authors from outside the federation. */
export const local: FederationOptions = { servers: 1, outside: 0 };
/** Options for two servers that have all posts of each other. */
export const two: FederationOptions = { servers: 2, outside: 0, federates: 1 };

/** Defines a test of one kind of fault. */
export function faultTest(
  kind: Fault["kind"],
  what: string,
  use: (federation: Federation, server: SimulatedServer) => Promise<void>,
  options: FederationOptions = local,
): void {
  Deno.test(`fault ${kind}: ${what}`, () =>
    opened(options, (federation) => use(federation, federation.servers[0]!)));
}

/** Subscribes to a stream of a server, by default to the public stream of the first server. */
export async function follow(federation: Federation, stream = "public", index = 0) {
  const server = federation.servers[index]!;
  const before = server.counts().subscriptions;
  const reader = read(streamOf(federation, stream, index), server.token);
  await Promise.all([reader.opened, server.followed(before + 1)]);
  return reader;
}

/** Requests a path with the token, by default the newest page. */
export async function get(
  server: SimulatedServer,
  path = "/api/v1/timelines/public?limit=40",
  token: string | null = server.token,
) {
  const response = await fetch(`${server.baseURL}${path}`, {
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    redirect: "manual",
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The fields of a Status entity that tests read. */
export interface PageStatus {
  id: string;
  uri: string;
  url: string | null;
  created_at: string;
  edited_at: string | null;
  content: string | null;
  local_only?: boolean;
  tags: unknown[];
  application: { name: string } | null;
  account: { acct: string; noindex?: boolean; display_name: string };
  deep?: unknown;
}

/** Requests the statuses of a page, by default of the newest one. */
export async function page(server: SimulatedServer, query = "limit=40"): Promise<PageStatus[]> {
  return JSON.parse((await get(server, `/api/v1/timelines/public?${query}`)).body);
}

/** Creates a clock that moves on by `step` milliseconds whenever it is read. */
export function ticking(from: number, step = 7): () => number {
  let now = from;
  return () => now += step;
}
