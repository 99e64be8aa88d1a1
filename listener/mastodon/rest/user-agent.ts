/**
 * Who we say we are.
 *
 * @module
 */
import project from "../../../deno.json" with { type: "json" };

/**
 * The User-Agent of every request: name, version, and where to find us, so that
 * people who run a server can ask, or block, the right one. Null for nowhere: a
 * page of somebody else's would be a lie.
 *
 * @example
 * ```ts
 * import { userAgent } from "./user-agent.ts";
 *
 * const agent = userAgent("https://example.org/research");
 * if (!/^mastodon-stream\/\d+\.\d+\.\d+ \(\+https:\/\/example\.org\/research\)$/.test(agent)) throw new Error();
 * ```
 */
export function userAgent(contact: string | null): string {
  const name = `mastodon-stream/${project.version}`;
  return contact === null ? name : `${name} (+${contact})`;
}
