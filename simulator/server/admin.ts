/**
 * The admin routes. A test in another process uses them to control the federation. Every server has
 * them under `/admin/`, without authentication.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Truth } from "../truth.ts";
import { type Fault, faultProblem } from "../faults/fault.ts";

/** The actions of the routes. */
export interface AdminActions {
  servers(): unknown;
  stats(): unknown;
  publish(count: number, home: number | undefined): string[];
  step(count: number): number;
  edit(uri?: string): string | undefined;
  delete(uri?: string): string | undefined;
  truth(): Iterable<Truth>;
  deleted(): Iterable<{ uri: string; ids: Record<string, string> }>;
  rate(rate: number | "max", count?: number): void;
  faults(server: number): unknown;
  fault(server: number, fault: Fault): Promise<void>;
  heal(server: number): Promise<void>;
  /** Returns the name and version of a server's software. */
  software(server: number): { name: string; version: string };
  /**
   * Changes the software of a server.
   *
   * @throws {RangeError} if the software is unknown, or its version is not valid
   */
  setSoftware(server: number, text: string): void;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  if (text.trim() === "") return {};
  const body = JSON.parse(text);
  if (typeof body !== "object" || body === null) throw new SyntaxError("expected an object");
  return body;
}

function* lines(rows: Iterable<unknown>): Generator<string> {
  let piece = "";
  for (const row of rows) {
    piece += `${JSON.stringify(row)}\n`;
    if (piece.length > 65_536) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

async function sendLines(response: ServerResponse, rows: Iterable<unknown>): Promise<void> {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  for (const piece of lines(rows)) {
    if (response.destroyed) return;
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        response.once("drain", () => resolve());
        response.once("close", () => resolve());
      });
    }
  }
  response.end();
}

/** Answers the admin routes of server number `server`. */
export function createAdmin(
  server: number,
  actions: AdminActions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const json = (body: unknown, status = 200) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(`${JSON.stringify(body)}\n`);
    };
    const { pathname } = new URL(request.url!, "http://server");
    try {
      switch (`${request.method} ${pathname}`) {
        case "GET /admin/servers":
          return json(actions.servers());
        case "GET /admin/stats":
          return json(actions.stats());
        case "GET /admin/truth":
          return await sendLines(response, actions.truth());
        case "GET /admin/deleted":
          return await sendLines(response, actions.deleted());
        case "GET /admin/software":
          return json(actions.software(server));
        case "GET /admin/faults":
          return json(actions.faults(server));
        case "DELETE /admin/faults":
          await actions.heal(server);
          return json(actions.faults(server));
      }
      if (request.method !== "POST") return json({ error: "Not Found" }, 404);
      const body = await bodyOf(request);
      const count = Number(body.count ?? 1);
      if (!Number.isSafeInteger(count) || count < 0) {
        return json({ error: `count: ${JSON.stringify(body.count)} is not a whole number` }, 422);
      }
      const uri = body.uri === undefined ? undefined : String(body.uri);
      switch (pathname) {
        case "/admin/publish":
          return json({ uris: actions.publish(count, body.own ? server : undefined) });
        case "/admin/step":
          return json({ published: actions.step(count) });
        case "/admin/edit":
        case "/admin/delete": {
          const done = pathname.endsWith("edit") ? actions.edit(uri) : actions.delete(uri);
          return done ? json({ uri: done }) : json({ error: "No such status" }, 404);
        }
        case "/admin/rate": {
          const rate = body.rate === "max" ? "max" : Number(body.rate);
          if (rate !== "max" && !(rate >= 0)) {
            return json({ error: `rate: expected statuses a second, or "max"` }, 422);
          }
          actions.rate(rate, body.count === undefined ? undefined : count);
          return json({ rate });
        }
        case "/admin/faults": {
          const problem = faultProblem(body);
          if (problem) return json({ error: problem }, 422);
          const fault = body as unknown as Fault;
          // This fault cuts the connection of this request, so the answer is sent first.
          if (fault.kind === "down") {
            response.once("finish", () => void actions.fault(server, fault));
          } else await actions.fault(server, fault);
          return json({ added: fault });
        }
        case "/admin/software":
          actions.setSoftware(server, String(body.software));
          return json(actions.software(server));
      }
      json({ error: "Not Found" }, 404);
    } catch (error) {
      if (error instanceof RangeError) return json({ error: error.message }, 422);
      if (!(error instanceof SyntaxError)) throw error;
      json({ error: `the body is not JSON: ${error.message}` }, 400);
    }
  };
}
