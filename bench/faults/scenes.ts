/**
 * The scenes of the table, one for each line.
 *
 * @module
 */
import type { Fault, FederationOptions } from "../../simulator/mod.ts";

/** The way in which a listener reads a server. */
export type Transport = "streamed" | "polled";
/** The timeline that a listener reads. */
export type Timeline = "local" | "federated";

/** A fault that happens while toots are posted. */
export interface Scene {
  readonly name: string;
  /** The faults of the first server in the middle part of the run. */
  readonly faults?: readonly Fault[];
  /** The faults happen again every this many seconds. */
  readonly every?: number;
  /** The faults end after this many seconds, or at the end of the middle part of the run. */
  readonly lasts?: number;
  /**
   * The listener itself is stopped or killed, and starts again after `lasts` (default 10) seconds.
   */
  readonly away?: "stopped" | "killed";
  readonly federation?: FederationOptions;
  /** The transport of the listener. Default: both, in separate runs. */
  readonly transport?: Transport;
  /** The timeline. Default: both, in separate runs. */
  readonly timeline?: Timeline;
  /** True if the listener also listens to the second, honest server. */
  readonly both?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const outage = (name: string, fault: Partial<Fault> & object, lasts = 25): Scene => ({
  name,
  faults: [{ kind: "http", on: "any", status: 500, ...fault } as Fault],
  every: lasts + 15,
  lasts,
});

/** Every scene. */
export const SCENES: readonly Scene[] = [
  { name: "nothing" },
  // Faults of the stream.
  { name: "close 1000", faults: [{ kind: "close", code: 1000 }], every: 10, transport: "streamed" },
  { name: "close 1012", faults: [{ kind: "close", code: 1012 }], every: 10, transport: "streamed" },
  { name: "reset", faults: [{ kind: "reset" }], every: 10, transport: "streamed" },
  {
    name: "half a frame",
    faults: [{ kind: "half-frame", count: 1 }],
    every: 10,
    transport: "streamed",
  },
  {
    name: "error frame",
    faults: [{ kind: "error-frame", status: 500 }],
    every: 15,
    transport: "streamed",
  },
  { name: "silence", faults: [{ kind: "silence" }], transport: "streamed" },
  { name: "mute", faults: [{ kind: "mute" }], transport: "streamed" },
  { name: "hiccups", faults: [{ kind: "hiccup", share: 0.05 }], transport: "streamed" },
  { name: "duplicates", faults: [{ kind: "duplicate" }], transport: "streamed" },
  {
    name: "token revoked",
    faults: [{ kind: "revoked-token" }],
    lasts: 30,
    transport: "streamed",
  },
  { name: "moved stream", faults: [{ kind: "moved-stream" }], every: 30, transport: "streamed" },
  {
    name: "upgrade 502",
    faults: [{ kind: "close", code: 1006 }, { kind: "http", status: 502, on: "stream" }],
    every: 40,
    lasts: 3,
    transport: "streamed",
  },
  // Faults of the statuses.
  {
    name: "late from others",
    faults: [{ kind: "late", by: 20_000, share: 0.2 }],
    timeline: "federated",
  },
  { name: "delete first", faults: [{ kind: "delete-first", share: 0.1 }] },
  { name: "ids 5 min ahead", faults: [{ kind: "ids-ahead", share: 0.05 }] },
  { name: "ids 10 years ahead", faults: [{ kind: "ids-ahead", by: 3.15e11, share: 0.01 }] },
  { name: "clock ahead", faults: [{ kind: "clock-ahead" }] },
  { name: "odd ids", faults: [{ kind: "odd-id", share: 0.01 }] },
  { name: "nulls", faults: [{ kind: "nulls", share: 0.1 }] },
  { name: "local only", faults: [{ kind: "local-only", share: 0.1 }] },
  { name: "times without zone", faults: [{ kind: "no-zone" }], env: { TZ: "Asia/Tokyo" } },
  // Faults of the pages.
  { name: "pages of 20", faults: [{ kind: "short-pages", most: 20 }] },
  { name: "pages of 39", faults: [{ kind: "short-pages", most: 39 }] },
  { name: "pages unordered", faults: [{ kind: "unordered-pages" }] },
  { name: "pages as objects", faults: [{ kind: "object-pages" }] },
  { name: "pages empty", faults: [{ kind: "empty-pages", share: 0.2 }] },
  { name: "min_id ignored", faults: [{ kind: "min-id", as: "ignored" }] },
  { name: "min_id as since_id", faults: [{ kind: "min-id", as: "since" }] },
  // Outages of the server.
  outage("404", { status: 404 }),
  outage("403 in HTML", { status: 403, body: "html" }),
  outage("502", { status: 502 }, 12),
  outage("429", { status: 429, resetIn: 20_000 }),
  outage("401", { status: 401 }),
  outage("instance 500", { status: 500, path: "/api/v2/instance" }),
  outage("instance 501", { status: 501, path: "/api/v2/instance" }),
  { name: "drops", faults: [{ kind: "drop", share: 0.2 }] },
  { name: "slow answers", faults: [{ kind: "slow", by: 3_000 }] },
  { name: "down", faults: [{ kind: "down" }], every: 45, lasts: 30 },
  { name: "feeds disabled", faults: [{ kind: "disabled" }], lasts: 30 },
  // Stops of the listener.
  { name: "listener stopped", away: "stopped", lasts: 30 },
  { name: "listener killed", away: "killed", lasts: 15 },
  // Servers with other software than Mastodon.
  ...["glitch", "gotosocial", "pleroma", "akkoma"].map((name) => ({
    name,
    federation: { software: [name] },
  })),
  { name: "pixelfed", federation: { software: ["pixelfed"] }, transport: "polled" },
  { name: "mastodon 4.1", federation: { software: "mastodon@4.1.22" } },
  // Servers that forge edits and deletes of other servers' statuses.
  ...(["forged-edits", "forged-deletes"] as const).map((kind): Scene => ({
    name: kind.replace("-", " "),
    faults: [{ kind, count: 10 }],
    every: 10,
    both: true,
    timeline: "federated",
  })),
];
