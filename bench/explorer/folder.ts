/**
 * A file server like any static web host.
 *
 * @module
 */
import { extname, resolve } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves the files of a folder on a free port of 127.0.0.1. */
export function serveFolder(folder: string): { url: string; close(): Promise<void> } {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    const { pathname } = new URL(request.url);
    const path = resolve(folder, `.${pathname === "/" ? "/index.html" : pathname}`);
    const bytes = await Deno.readFile(path).catch(() => null);
    if (!bytes) return new Response(null, { status: 404 });
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    close: () => server.shutdown(),
  };
}
