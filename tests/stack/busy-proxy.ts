/**
 * A proxy in front of an object store. A test can make it answer the next requests with 503, too
 * busy.
 *
 * @module
 */

const BUSY = "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";

/** A proxy on a free port of 127.0.0.1. */
export interface BusyProxy extends Disposable {
  /** The address of the proxy, as `host:port`. */
  readonly address: string;
  /** The number of requests that it has answered with 503. */
  readonly refused: number;
  /**
   * Answers the next requests with 503, this many of them. Closes all open connections, so that
   * each request needs a new one.
   */
  refuse(requests: number): void;
}

/** Starts a proxy in front of `host:port`. */
export function busyProxy(store: string): BusyProxy {
  const [hostname, port] = store.split(":") as [string, string];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let [left, refused] = [0, 0];

  async function answer(client: Deno.Conn) {
    if (left > 0) {
      left--;
      refused++;
      await client.read(new Uint8Array(65_536));
      const head = `HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: ` +
        `${BUSY.length}\r\nConnection: close\r\n\r\n`;
      await client.write(new TextEncoder().encode(head + BUSY));
      client.close();
      return;
    }
    const server = await Deno.connect({ hostname, port: Number(port) });
    for (const one of [client, server]) open.add(one);
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
    for (const one of [client, server]) open.delete(one);
  }

  function closeAll() {
    for (const one of open) {
      try {
        one.close();
      } catch {
        // The other end has closed the connection already.
      }
    }
    open.clear();
  }

  (async () => {
    for await (const client of listener) answer(client).catch(() => {});
  })().catch(() => {});
  return {
    address: `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    get refused() {
      return refused;
    },
    refuse(requests) {
      left = requests;
      // Open connections are closed, because requests on kept-alive connections would not be
      // refused.
      closeAll();
    },
    [Symbol.dispose]() {
      listener.close();
      closeAll();
    },
  };
}
