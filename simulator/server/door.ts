/**
 * Where a server listens: its port, and, on demand, another one for its streams,
 * or none at all for a while.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";

/** Takes over a connection that asked for an upgrade. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** What a door leads to. */
export interface DoorOptions {
  host: string;
  /** 0 for a free one. */
  port: number;
  request: RequestListener;
  upgrade: UpgradeListener;
}

/** The open ports of a server. */
export interface Door {
  /** `127.0.0.1:4000`, the same as long as it lives. */
  readonly address: string;
  /** Where streams are read while they are elsewhere, or undefined. */
  readonly elsewhere: string | undefined;
  /** Opens the other port; upgrades at the first one are redirected to it. */
  move(): Promise<void>;
  /** Closes the other port; who streams there streams on. */
  moveBack(): Promise<void>;
  /** Stops listening; streams have to be ended before. */
  shut(): Promise<void>;
  /** Listens again, on the same port. */
  reopen(): Promise<void>;
  /** Closes all, for good; streams have to be ended before. */
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
 * Stops listening and cuts requests under way. Streams are not its business:
 * somebody else ends them, or lets them be, and the server has not ended before
 * they have.
 */
function stop(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return ended;
}

/** Opens a door. */
export async function openDoor({ host, port, request, upgrade }: DoorOptions): Promise<Door> {
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
  /** Opening and shutting take their turns. */
  let turn = Promise.resolve();
  const inTurn = (act: () => Promise<void>) => turn = turn.then(act, act);

  /** Servers that were left to their last streams. */
  const leftAlone: Promise<void>[] = [];
  const moveBack = () => {
    if (other) leftAlone.push(stop(other.server));
    other = undefined;
    return Promise.resolve();
  };
  const shut = async () => {
    const here = main;
    main = undefined;
    if (here) await stop(here);
  };
  return {
    address: `${name}:${port}`,
    get elsewhere() {
      return other && `${name}:${other.port}`;
    },
    move: () =>
      inTurn(async () => {
        if (other) return;
        const server = make((_request, response) => response.writeHead(404).end(), upgrade);
        other = { server, port: await listen(server, 0, host) };
      }),
    moveBack: () => inTurn(moveBack),
    shut: () => inTurn(shut),
    reopen: () =>
      inTurn(async () => {
        if (main) return;
        main = makeMain();
        await listen(main, port, host);
      }),
    close: () =>
      inTurn(async () => {
        await moveBack();
        await Promise.all([...leftAlone, shut()]);
      }),
  };
}
