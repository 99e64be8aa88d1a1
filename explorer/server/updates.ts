/**
 * Checks the lake every few seconds while pages listen, and sends its present numbers to the pages.
 *
 * @module
 */
import { firstLine } from "../../common/failure.ts";

/** Options of {@linkcode openUpdates}. */
export interface UpdateOptions {
  /** Returns the data for the pages. */
  readonly about: () => Promise<unknown>;
  /** Reads the lake again if it has changed. Resolves with true if it has. */
  readonly refresh: () => Promise<boolean>;
  /** The shortest pause between two checks, in milliseconds. */
  readonly every: number;
  readonly warn: (message: string) => void;
}

/** The maximum number of pages that listen at the same time. */
const MOST_PAGES = 50;

/**
 * The maximum number of messages that wait for a page. If there are more, the page is not reading,
 * for example because its phone sleeps. The page is disconnected, and connects again when it wakes.
 */
const MOST_WAITING = 10;

/** Creates the updates. The lake is checked while at least one page listens. */
export function openUpdates({ about, refresh, every, warn }: UpdateOptions) {
  const pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> | null = null;
  let closed = false;
  let last = "";

  function send(text: string): void {
    for (const page of pages) {
      try {
        // `desiredSize` is 1 minus the number of messages that wait.
        if (page.desiredSize !== null && page.desiredSize <= 1 - MOST_WAITING) {
          pages.delete(page);
          page.error(new Error("the page does not read its updates"));
        } else page.enqueue(encoder.encode(text));
      } catch {
        pages.delete(page);
      }
    }
  }

  async function look(): Promise<void> {
    const began = performance.now();
    try {
      await refresh();
      send(`event: about\ndata: ${JSON.stringify(await about())}\n\n`);
      last = "";
    } catch (error) {
      const message = firstLine(error);
      if (message !== last) warn(message);
      last = message;
      send(`event: problem\ndata: ${JSON.stringify(message)}\n\n`);
    }
    looking = null;
    // After a slow check, the pause is as long as the check was.
    if (pages.size > 0) next(Math.max(every, performance.now() - began));
  }

  function next(wait: number): void {
    if (closed || looking !== null) return;
    clearTimeout(timer);
    timer = setTimeout(() => looking = look(), wait);
  }

  return {
    /** Returns an event stream for one page. */
    stream(): Response {
      if (pages.size >= MOST_PAGES) return new Response("too many pages\n", { status: 503 });
      let own: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          pages.add(controller);
          controller.enqueue(encoder.encode("retry: 2000\n\n"));
        },
        cancel: () => void pages.delete(own),
      });
      next(0);
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    /** Stops the checks, waits for a check in progress, and ends the streams of all pages. */
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await looking;
      for (const page of pages) {
        try {
          page.close();
        } catch {
          // The page has disconnected already.
        }
      }
      pages.clear();
    },
  };
}
