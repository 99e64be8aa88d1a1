/**
 * The options of the API.
 *
 * @module
 */
import type { Book } from "../../book.ts";
import type { StatusWriter } from "../../entities/status.ts";
import type { Faults } from "../../faults/active.ts";
import type { Software } from "../../software/software.ts";
import type { Authorization } from "../authorization.ts";
import type { Access, InstanceFacts } from "./instance.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Options of the API. */
export interface ApiOptions {
  book: Book;
  server: number;
  writer: StatusWriter;
  faults: Faults;
  limit: RateLimit;
  token: string;
  authorization: Authorization;
  software(): Software;
  /** Returns the server's time, in milliseconds since 1970. */
  clock(): number;
  access(): Access;
  baseURL(): string;
  facts(): InstanceFacts;
}
