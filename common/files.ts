/**
 * Writing files so that a crash never leaves half of one.
 *
 * @module
 */
import { dirname } from "node:path";

/** Writes all bytes: one call of `write` may write fewer than it is given. */
export async function writeAll(
  file: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
}

/** Like {@linkcode writeAll}, for files that are written synchronously. */
export function writeAllSync(
  file: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  for (let from = 0; from < bytes.length;) from += file.writeSync(bytes.subarray(from));
}

/** Waits until the contents of a file, or the names in a folder, are on the disk. */
export async function sync(path: string): Promise<void> {
  // Windows cannot open folders; a rename there is as durable as it can be.
  if (Deno.build.os === "windows" && (await Deno.stat(path)).isDirectory) return;
  using file = await Deno.open(path);
  await file.sync();
}

/** Moves a finished file to its place and waits until that would survive a power cut. */
export async function moveIntoPlace(draft: string, path: string): Promise<void> {
  await sync(draft);
  await Deno.rename(draft, path);
  await sync(dirname(path));
}

/**
 * Replaces a text file: after a crash it is the old one or the new one, never half
 * of either. The folder must exist.
 *
 * @param options.mode of the file, for Unix. Default: what the umask leaves of 0o666
 * @throws what `Deno.open` and `Deno.rename` throw; the draft is removed then
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const draft = `${path}.${Deno.pid}.new`;
  try {
    {
      using file = await Deno.open(draft, {
        ...options,
        write: true,
        create: true,
        truncate: true,
      });
      await writeAll(file, new TextEncoder().encode(text));
      await file.syncData();
    }
    await Deno.rename(draft, path);
    await sync(dirname(path));
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}
