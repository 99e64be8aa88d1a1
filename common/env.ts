/**
 * Environment variables. Functions receive them as an argument, so that tests can set their own.
 *
 * @module
 */

/** Reads one environment variable; undefined if it is not set. */
export type Env = (name: string) => string | undefined;

/** The variables of this process. */
export const processEnv: Env = (name) => Deno.env.get(name);
