/**
 * A server on loopback for tests. The test decides the answers, and the server upgrades to
 * WebSockets with `npm:ws`.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** The server's side of a WebSocket, with the methods that tests use. */
export interface ServerSocket {
  send(text: string): void;
  ping(): void;
  close(code?: number): void;
  terminate(): void;
}

/** The answers of a server. */
export interface Answers {
  request?(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Returns the answer that refuses an upgrade; null to accept the upgrade. Default: all upgrades
   * are accepted.
   */
  refuse?(request: IncomingMessage): { status: number; headers?: Record<string, string> } | null;
  socket?(socket: ServerSocket, request: IncomingMessage): void;
}

/** A running test server. */
export interface TestServer extends AsyncDisposable {
  readonly baseURL: string;
  readonly port: number;
}

/** Starts a test server on a free port. */
export async function startServer(answers: Answers): Promise<TestServer> {
  const server = createServer((request, response) => {
    if (answers.request) answers.request(request, response);
    else response.writeHead(404).end();
  });
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  const wss = new WebSocketServer({ noServer: true, clientTracking: false });
  server.on("upgrade", (request, socket, head) => {
    sockets.add(socket);
    socket.on("error", () => {});
    const refused = answers.refuse?.(request);
    if (refused) {
      const headers = Object.entries({ "Content-Length": "0", ...refused.headers });
      socket.end(
        `HTTP/1.1 ${refused.status} No\r\n` +
          headers.map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n",
      );
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws: ServerSocket & { on: Listen }) => {
      ws.on("error", () => {});
      answers.socket?.(ws, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Listen = (event: string, heard: () => void) => void;
