/**
 * Offers the stream of a simulated server as server-sent events. The simulator has only WebSockets,
 * and Mastodon.py, as the original project uses it, reads only server-sent events. This program
 * reads from the socket no faster than its client reads.
 *
 * Usage: `deno run -A bench/kafka/sse.ts BASE_URL TOKEN`. It prints its own address.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import WebSocket from "ws";

const [upstream, token] = Deno.args as [string, string];
/** The socket is paused when this many bytes wait for the reader. */
const AHEAD = 256 * 1024;

function events(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const socket = new WebSocket(
    `${upstream.replace(/^http/, "ws")}/api/v1/streaming?stream=public:local`,
    { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false },
  );
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      socket.on("message", (frame: { toString(): string }) => {
        const { event, payload } = JSON.parse(frame.toString());
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${payload}\n\n`));
        if (controller.desiredSize! <= 0) socket.pause();
      });
      socket.on("error", (error: Error) => controller.error(error));
    },
    pull: () => socket.resume(),
    cancel: () => socket.terminate(),
  }, { highWaterMark: AHEAD, size: (chunk) => chunk!.byteLength });
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/api/v1/streaming/public")) {
    return new Response(events(), { headers: { "content-type": "text/event-stream" } });
  }
  // All other answers come from the server. In them, this program's host replaces the server's.
  const theirs = await fetch(`${upstream}${url.pathname}${url.search}`, {
    headers: { authorization: request.headers.get("authorization") ?? "" },
  });
  const text = (await theirs.text()).replaceAll(new URL(upstream).host, url.host);
  return new Response(text, {
    status: theirs.status,
    headers: { "content-type": theirs.headers.get("content-type") ?? "application/json" },
  });
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
console.log(`http://127.0.0.1:${server.addr.port}`);
