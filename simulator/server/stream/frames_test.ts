import assert from "node:assert/strict";
import type { Socket } from "node:net";
import * as ws from "ws";
import { createFrameWriter, textFrame } from "./frames.ts";

/** The receiver of `npm:ws`, which is missing in its types. */
const { Receiver } = ws as unknown as {
  Receiver: new () => {
    on(event: "message", heard: (data: unknown) => void): void;
    end(bytes: Uint8Array, done: (value: unknown) => void): void;
  };
};

/** Returns the frames that `npm:ws` reads from these bytes. */
async function received(bytes: Uint8Array): Promise<string[]> {
  const receiver = new Receiver();
  const texts: string[] = [];
  receiver.on("message", (data) => texts.push(String(data)));
  await new Promise((resolve) => receiver.end(bytes, resolve));
  return texts;
}

const TEXTS = [0, 1, 60, 125, 126, 300, 21_000, 21_900, 65_535, 65_536, 200_000].flatMap((
  length,
) => [
  "a".repeat(length),
  "猫".repeat(length / 3),
  "😀é".repeat(length / 6),
]);

Deno.test("frames: texts of every length are read back unchanged", async () => {
  for (const text of TEXTS) assert.deepEqual(await received(textFrame(text)), [text]);
});

Deno.test("frames: a writer joins them in order, and holds none back", async () => {
  const written: Uint8Array[] = [];
  const socket = { writable: true, write: (bytes: Uint8Array) => written.push(bytes) };
  const writer = createFrameWriter(socket as unknown as Socket);
  for (const text of TEXTS) writer.write(text);
  writer.flush();
  writer.flush();
  const bytes = new Uint8Array(await new Blob(written as BlobPart[]).arrayBuffer());
  assert.deepEqual(await received(bytes), TEXTS);
});
