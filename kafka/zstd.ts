/**
 * Teaches kafkajs zstd, which it knows the number of and no more. Brokers,
 * Kafka Connect and librdkafka all read it.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import zlib from "node:zlib";
import kafkajs from "kafkajs";

const { CompressionCodecs, CompressionTypes } = kafkajs;

type Callback = (error: Error | null, data: Buffer) => void;

// Deno has these, its types of node:zlib do not know them yet. Both work beside the main thread.
const { zstdCompress, zstdDecompress, constants } = zlib as unknown as {
  zstdCompress(
    data: Buffer,
    options: { params: Record<number, number> },
    callback: Callback,
  ): void;
  zstdDecompress(data: Buffer, callback: Callback): void;
  constants: { ZSTD_c_compressionLevel: number };
};
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

// The fastest level: the next ones gain a few per cent for twice the time.
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, { params }),
  decompress,
});

/** The codec, for those who send. Importing this module is enough for those who read. */
export const ZSTD = CompressionTypes.ZSTD;
