/**
 * Applies a fault to the open sockets.
 *
 * @module
 */
import type { SocketFault } from "../../faults/socket.ts";
import type { Reader } from "./reader.ts";

/**
 * Ends the sockets, or sends something to them. Readers whose sockets have ended are removed from
 * the set.
 */
export function applySocketFault(readers: Set<Reader>, fault: SocketFault): void {
  const sendAll = (text: string) => {
    for (const { out } of readers) {
      out.write(text);
      out.flush();
    }
  };
  for (const { out } of readers) out.flush();
  switch (fault.kind) {
    case "close":
      for (const { ws, socket } of readers) {
        if (fault.code === 1006) socket.end();
        // Clients report a close frame without a code as 1005.
        else if (fault.code === 1005) ws.close();
        else ws.close(fault.code ?? 1000, fault.reason ?? "");
      }
      // Nothing may follow a close frame.
      return readers.clear();
    case "reset":
      for (const { socket } of readers) socket.resetAndDestroy();
      return readers.clear();
    case "invalid-json":
      return sendAll(`{"stream":["public"],"event":"update","payload":"{\\"id\\":\\"1`);
    case "empty-frame":
      return sendAll("");
    case "error-frame":
      return sendAll(JSON.stringify({
        error: fault.error ?? "An unexpected error occurred",
        status: fault.status ?? 500,
      }));
    case "unknown-event":
      return sendAll(JSON.stringify({
        stream: ["public"],
        event: fault.event ?? "tusk.polished",
        payload: JSON.stringify({ shine: 11 }),
      }));
    case "frame":
      return sendAll(fault.text);
  }
}
