/**
 * Adds the zstd codec to kafkajs, which has a number for zstd but no codec. Brokers, Kafka Connect
 * and librdkafka all read zstd.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import zlib from "node:zlib";
import kafkajs from "kafkajs";

const { CompressionCodecs, CompressionTypes } = kafkajs;

type Callback = (error: Error | null, data: Buffer) => void;

// Deno has these functions, but its types of node:zlib lack them. These functions compress in other
// threads.
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

// The fastest level. Higher levels save only a few percent and take twice the time.
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, { params }),
  decompress,
});

/** The codec for producers. Consumers only need to import this module. */
export const ZSTD = CompressionTypes.ZSTD;
