/**
 * The ports of a server: its main port, and on demand a second port for its streams. A server can
 * also stop listening for a while.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";

/** Takes over a connection that asked for an upgrade. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Options of {@linkcode listenHttp}. */
export interface HttpListenerOptions {
  host: string;
  /** The port; 0 for a free port. */
  port: number;
  request: RequestListener;
  upgrade: UpgradeListener;
}

/** The open ports of a server. */
export interface HttpListener {
  /** The host and port, such as `127.0.0.1:4000`. It never changes. */
  readonly address: string;
  /** The address of the second port for streams, if there is one. */
  readonly streamingAddress: string | undefined;
  /** Opens a second port for streams. Upgrades on the main port are redirected to it. */
  openStreamingPort(): Promise<void>;
  /** Closes the second port. Open streams there go on. */
  closeStreamingPort(): Promise<void>;
  /** Stops listening. The caller must end the streams first. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
  /** Closes all ports for good. The caller must end the streams first. */
  close(): Promise<void>;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Stops listening and cuts the requests in progress. Streams go on, and the promise resolves when
 * the last of them has ended.
 */
function stopServer(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return ended;
}

/** Opens the main port and listens. */
export async function listenHttp(
  { host, port, request, upgrade }: HttpListenerOptions,
): Promise<HttpListener> {
  const name = host.includes(":") ? `[${host}]` : host;
  let other: { server: Server; port: number } | undefined;
  const make = (requested: RequestListener, upgraded: UpgradeListener) => {
    const server = createServer(requested);
    server.on("upgrade", (request, socket, head) => upgraded(request, socket as Socket, head));
    return server;
  };
  const redirect: UpgradeListener = ({ url }, socket) => {
    socket.on("error", () => {});
    socket.end(
      `HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nContent-Length: 0\r\n` +
        `Location: http://${name}:${other!.port}${url}\r\n\r\n`,
    );
  };
  const makeMain = () => make(request, (...args) => other ? redirect(...args) : upgrade(...args));
  let main: Server | undefined = makeMain();
  port = await listen(main, port, host);
  /**
   * Resolves when the last start or stop has ended. The next start or stop waits for it, so that
   * they never overlap.
   */
  let turn = Promise.resolve();
  const inTurn = (act: () => Promise<void>) => turn = turn.then(act, act);

  /**
   * One promise for each closed streaming port. It resolves when the port's last stream has ended.
   */
  const ending: Promise<void>[] = [];
  const closeStreamingPort = () => {
    if (other) ending.push(stopServer(other.server));
    other = undefined;
    return Promise.resolve();
  };
  const stop = async () => {
    const here = main;
    main = undefined;
    if (here) await stopServer(here);
  };
  return {
    address: `${name}:${port}`,
    get streamingAddress() {
      return other && `${name}:${other.port}`;
    },
    openStreamingPort: () =>
      inTurn(async () => {
        if (other) return;
        const server = make((_request, response) => response.writeHead(404).end(), upgrade);
        other = { server, port: await listen(server, 0, host) };
      }),
    closeStreamingPort: () => inTurn(closeStreamingPort),
    stop: () => inTurn(stop),
    restart: () =>
      inTurn(async () => {
        if (main) return;
        main = makeMain();
        await listen(main, port, host);
      }),
    close: () =>
      inTurn(async () => {
        await closeStreamingPort();
        await Promise.all([...ending, stop()]);
      }),
  };
}
