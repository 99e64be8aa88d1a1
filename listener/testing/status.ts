/**
 * Made-up statuses for tests.
 *
 * @module
 */
import type { StatusEvent } from "../mastodon/event.ts";

/** Makes the `n`th status of `https://bread.example`. `changes` replaces fields. */
export function aStatus(n: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const id = String(116_000_000_000_000_000n + BigInt(n));
  return {
    id,
    uri: `https://bread.example/users/ada/statuses/${id}`,
    url: `https://bread.example/@ada/${id}`,
    created_at: new Date(Date.UTC(2026, 1, 1, 11) + n * 1000).toISOString(),
    visibility: "public",
    language: "en",
    content: `<p>Loaf number ${n}</p>`,
    application: { name: "Oven" },
    account: { acct: "ada", username: "ada", note: "" },
    tags: [],
    ...changes,
  };
}

/** Makes the event of a stream that contains the status of {@linkcode aStatus}. */
export function told(n: number, changes: Record<string, unknown> = {}): StatusEvent {
  return { kind: "status", transport: "stream", status: aStatus(n, changes) };
}
