/**
 * The User-Agent.
 *
 * @module
 */
import project from "../../../deno.json" with { type: "json" };

/**
 * Returns the User-Agent of every request: name, version and contact. Administrators can use the
 * contact to ask a question, or the name to block this client. The contact has no default: through
 * a page of this project, administrators would not reach the person who runs the client.
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
