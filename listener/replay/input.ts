/**
 * The file that a replay reads.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/**
 * Opens the file of a replay. A gzip file is unpacked.
 *
 * @param path `-` is standard input, which is never unpacked
 * @throws {Failure} if the file cannot be read
 */
export async function openReplay(path: string): Promise<ReadableStream<Uint8Array>> {
  if (path === "-") return Deno.stdin.readable;
  try {
    const file = await Deno.open(path);
    const { isDirectory, isFile } = await file.stat();
    if (isFile && await isGzip(file)) {
      return file.readable.pipeThrough<Uint8Array>(new DecompressionStream("gzip"));
    }
    if (!isDirectory) return file.readable;
    file.close();
  } catch (error) {
    throw new Failure(`--replay: cannot read '${path}': ${(error as Error).message}`, {
      ...{ exitCode: 2, cause: error },
    });
  }
  throw new Failure(`--replay: '${path}' is a folder; name a file of JSON lines`, { exitCode: 2 });
}

/** Returns true if a file begins with the mark of gzip. */
async function isGzip(file: Deno.FsFile): Promise<boolean> {
  const bytes = new Uint8Array(2);
  const count = await file.read(bytes);
  await file.seek(0, Deno.SeekMode.Start);
  return count === 2 && bytes[0] === 0x1F && bytes[1] === 0x8B;
}
