/**
 * The User-Agent.
 *
 * @module
 */
import project from "../../../deno.json" with { type: "json" };

/**
 * Returns the User-Agent of every request: name, version and contact. Administrators can use the
 * contact to ask us something, or the name to block this client. Without a contact the address is
 * left out, because another project's page would be misleading.
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
