/**
 * What the API needs of its server.
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

/** What the API needs of its server. */
export interface ApiOptions {
  book: Book;
  server: number;
  writer: StatusWriter;
  faults: Faults;
  limit: RateLimit;
  token: string;
  authorization: Authorization;
  software(): Software;
  /** The server's time, milliseconds since 1970. */
  clock(): number;
  access(): Access;
  baseURL(): string;
  facts(): InstanceFacts;
}
