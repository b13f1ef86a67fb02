import { gunzip } from 'node:zlib';

/** A bill of 100,000 rows has some 40 MiB. What unpacks to more than this is none: a file of a few kB can be made to. */
const unpackedBytesMax = 128 * 1024 * 1024;

/** What was packed with gzip; null for what was not, or is cut off, or unpacks to more than a bill can be. */
export function gunzipped(file: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    gunzip(file, { maxOutputLength: unpackedBytesMax }, (error, unpacked) => {
      resolve(error ? null : unpacked);
    });
  });
}
