/**
 * A small client for the tests of the streams and the faults.
 *
 * @module
 */
import { WebSocket as Client } from "ws";
import { type Federation, type FederationOptions, startFederation } from "../mod.ts";

/** A streaming frame. */
export interface Frame {
  stream: string[];
  event: string;
  payload: string;
}

/**
 * Reads a stream. Returns the frames that it has received so far, and `until`, which waits for more
 * frames.
 */
export function read(url: string, token?: string) {
  const socket = new Client(url, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  const frames: string[] = [];
  let pings = 0;
  const waiting: (() => void)[] = [];
  const wake = () => waiting.splice(0).forEach((each) => each());
  socket.on("message", (data: unknown) => {
    frames.push(String(data));
    wake();
  });
  socket.on("ping", () => {
    pings++;
    wake();
  });
  const opened = new Promise((resolve) => socket.on("open", resolve));
  const closed = new Promise<number>((resolve) =>
    socket.on("close", (code: number) => {
      resolve(code);
      wake();
    })
  );
  socket.on("error", () => {});
  return {
    socket,
    opened,
    closed,
    frames,
    parsed: () => frames.map((frame) => JSON.parse(frame) as Frame),
    statuses: () =>
      frames.map((frame) => JSON.parse(frame) as Frame).filter(({ event }) => event === "update")
        .map(({ payload }) => JSON.parse(payload)),
    get pings() {
      return pings;
    },
    async until(enough: () => boolean) {
      while (!enough()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

/** Runs `use` with a federation whose clock stands still, and closes the federation. */
export async function opened(
  options: FederationOptions,
  use: (federation: Federation) => Promise<void>,
): Promise<void> {
  const federation = await startFederation({ clock: () => Date.UTC(2026, 10, 20, 18), ...options });
  try {
    await use(federation);
  } finally {
    await federation.close();
  }
}

/**
 * Returns the address of a stream of a server, by default of the public stream of the first server.
 */
export const streamOf = (federation: Federation, stream = "public", server = 0) =>
  `${federation.servers[server]!.streamingURL}/api/v1/streaming?stream=${stream}`;
