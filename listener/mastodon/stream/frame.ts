/**
 * Reads a frame of the streaming API.
 *
 * @see https://docs.joinmastodon.org/methods/streaming/#events
 * @module
 */
import type { BadEvent, DeleteEvent, StatusEvent } from "../event.ts";
import type { Transport } from "../../../record/record.ts";
import { ID_LENGTH, NAME_LENGTH } from "../../limits.ts";
import { idText, shortString, wholeNumber } from "../../toot/fields.ts";
import { jsonFault, parseDigits, parseJson } from "../../toot/json.ts";

/** An error message: the server refuses the subscription although the socket is open. */
export interface ErrorFrame {
  readonly kind: "error";
  readonly status: number | null;
  /** The server's text; empty if it is not text. */
  readonly message: string;
}

/** An event that is not about a status: `filters_changed`, or one of a future version. */
export interface OtherFrame {
  readonly kind: "other";
  readonly event: string;
}

/**
 * The content of a frame; null for an empty frame or a comment, which only shows that the server is
 * alive.
 */
export type Frame = StatusEvent | DeleteEvent | BadEvent | ErrorFrame | OtherFrame | null;

/**
 * Reads a frame. Never throws: an unreadable frame becomes a `bad` event. According to the API the
 * payload is a string of JSON, but a few servers send the object itself.
 *
 * @example
 * ```ts
 * import { parseFrame } from "./frame.ts";
 *
 * const frame = parseFrame(`{"event":"delete","payload":"109440150000675569"}`);
 * if (frame?.kind !== "delete" || frame.id !== "109440150000675569") throw new Error();
 * ```
 */
export function parseFrame(text: string, transport: Transport = "stream"): Frame {
  const first = text.charCodeAt(0);
  // Empty (Pleroma), a comment such as `:thump`, or blank.
  if (text.length === 0 || first === 58 || (first <= 32 && text.trim() === "")) return null;
  const bad = (reason: string): BadEvent => ({ kind: "bad", transport, reason, raw: text });
  let frame: { event?: unknown; payload?: unknown; error?: unknown; status?: unknown };
  try {
    frame = parseJson(text) as typeof frame;
  } catch (error) {
    return bad(`the frame ${jsonFault(error)}`);
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
    return bad("the frame is not a JSON object");
  }
  const { event, payload } = frame;
  switch (event) {
    case "update":
    case "status.update": {
      let status = payload;
      if (typeof payload === "string") {
        try {
          status = parseJson(payload);
        } catch (error) {
          return bad(`the payload of ${event} ${jsonFault(error)}`);
        }
      }
      if (typeof status !== "object" || status === null || Array.isArray(status)) {
        return bad(`the payload of ${event} is not a status`);
      }
      return { kind: "status", transport, status };
    }
    case "delete": {
      const id = deletedId(text, payload);
      return id === null ? bad("the payload of delete is not an id") : { kind: "delete", id };
    }
  }
  if (typeof event === "string") return { kind: "other", event };
  if (frame.error !== undefined) {
    return {
      kind: "error",
      status: wholeNumber(frame.status) || null,
      message: shortString(frame.error, NAME_LENGTH) ?? "",
    };
  }
  return bad("the frame names no event");
}

/**
 * Returns the id in a delete; null if there is none. Instead of the plain id, some servers send
 * JSON: the id in quotes, or the whole status. A text that is too long for an id is refused,
 * because the ids of deleted statuses stay in memory.
 */
function deletedId(frame: string, payload: unknown): string | null {
  if (typeof payload === "number") return exactly(frame, payload);
  if (typeof payload === "string") {
    if (!/^\s*["{]/.test(payload)) {
      const id = payload.length > ID_LENGTH ? "" : payload.trim().toWellFormed();
      return id === "" || id === "undefined" || id === "null" ? null : id;
    }
  } else if (typeof payload !== "object") return null;
  try {
    const value = typeof payload === "string"
      ? parseJson(payload)
      : (parseDigits(frame) as { payload: unknown }).payload;
    return idText(typeof value === "object" ? (value as { id?: unknown } | null)?.id : value);
  } catch {
    return null;
  }
}

/**
 * Returns the number in the payload with all its digits. If the number is too large for JavaScript,
 * the digits are read from the text of the frame.
 */
function exactly(text: string, payload: number): string {
  if (Number.isSafeInteger(payload)) return String(payload);
  const digits = /"payload"\s*:\s*(\d{1,64})(?![\d.e])/i.exec(text)?.[1];
  // `BigInt` copies the digits. For a slice, V8 would keep the text of the whole frame in memory.
  return String(digits === undefined ? payload : BigInt(digits));
}
