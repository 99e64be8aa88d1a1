/**
 * Writes files. If the program crashes while it replaces a file, the file has either the old or the
 * new content, never a part of it.
 *
 * @module
 */
import { dirname } from "node:path";

/** Writes all bytes. A single call of `write` may write only some of them. */
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
  // Windows cannot open folders, so a rename cannot be made more durable there.
  if (Deno.build.os === "windows" && (await Deno.stat(path)).isDirectory) return;
  using file = await Deno.open(path);
  await file.sync();
}

/** Moves a finished file to its final path, and waits until the move would survive a power cut. */
export async function moveIntoPlace(draft: string, path: string): Promise<void> {
  await sync(draft);
  await Deno.rename(draft, path);
  await sync(dirname(path));
}

/**
 * Replaces a text file. The text is first written to a draft in the same folder, and the draft is
 * then renamed. So after a crash, the file has either the old or the new text, never a part of it.
 * The folder must exist.
 *
 * @param options.mode the permissions of the file on Unix. Default: 0o666, reduced by the umask
 * @throws any error of opening, writing or renaming the draft, after removing the draft
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

/**
 * Replaces a text file synchronously, without waiting for the disk. After a crash of the program,
 * the file has either the old or the new text; after a power cut, that is not certain. The folder
 * must exist.
 *
 * @param options.mode the permissions of the file on Unix. Default: 0o666, reduced by the umask
 * @throws the errors of `Deno.writeTextFileSync` and `Deno.renameSync`
 */
export function replaceFileSync(
  path: string,
  text: string,
  options: { readonly mode?: number } = {},
): void {
  const draft = `${path}.${Deno.pid}.new`;
  Deno.writeTextFileSync(draft, text, options);
  Deno.renameSync(draft, path);
}
