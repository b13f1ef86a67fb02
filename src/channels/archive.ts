import { crc32, gunzip, inflate, inflateRaw, type InputType } from 'node:zlib';

/** A bill of 100,000 rows has some 40 MiB. What unpacks to more than this is none: a file of a few kB can be made to. */
const unpackedBytesMax = 128 * 1024 * 1024;

type Unpack = (
  packed: InputType,
  options: { readonly maxOutputLength: number },
  then: (error: Error | null, unpacked: Buffer) => void,
) => void;

function unpackedBy(unpack: Unpack, packed: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    unpack(packed, { maxOutputLength: unpackedBytesMax }, (error, unpacked) => {
      resolve(error ? null : unpacked);
    });
  });
}

/** What was packed with gzip; null for what was not, or is cut off, or unpacks to more than a bill can be. */
export function gunzipped(file: Buffer): Promise<Buffer | null> {
  return unpackedBy(gunzip, file);
}

/** The same of a zlib stream. */
export function inflated(file: Buffer): Promise<Buffer | null> {
  return unpackedBy(inflate, file);
}

/** A file of a zip archive; its name in whatever encoding the archive has. */
export interface ArchivedFile {
  readonly name: Buffer;
  readonly content: Buffer;
}

/** No channel puts more files into a bill. */
const filesMax = 16;

/** The files of a zip archive; null for what is none, is cut off or damaged, or unpacks to more than a bill can be. */
export async function unzipped(archive: Buffer): Promise<readonly ArchivedFile[] | null> {
  try {
    return await filesOf(archive);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_OUT_OF_RANGE' || code === 'ERR_BUFFER_OUT_OF_BOUNDS') return null; // an offset that lies outside
    throw error;
  }
}

/** How a file begins, and its line in the directory. */
const marks = { local: 0x04034b50, listed: 0x02014b50 };

async function filesOf(archive: Buffer): Promise<readonly ArchivedFile[] | null> {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || archive.length < end + 22) return null;
  const count = archive.readUInt16LE(end + 10);
  if (count > filesMax) return null;
  const files: ArchivedFile[] = [];
  let at = archive.readUInt32LE(end + 16);
  let bytesLeft = unpackedBytesMax;
  for (; files.length < count; at = nextOf(archive, at)) {
    if (archive.readUInt32LE(at) !== marks.listed) return null;
    bytesLeft -= archive.readUInt32LE(at + 24);
    const file = bytesLeft < 0 ? null : await fileAt(archive, at);
    if (!file) return null;
    files.push(file);
  }
  return files;
}

/** Where the directory's next line begins. */
function nextOf(archive: Buffer, at: number): number {
  const lengths = [28, 30, 32].map((place) => archive.readUInt16LE(at + place));
  return lengths.reduce((end, length) => end + length, at + 46);
}

/** The file that the directory lists here, deflated or stored, held to its size and its check sum. */
async function fileAt(archive: Buffer, at: number): Promise<ArchivedFile | null> {
  const [sum = 0, packed = 0, size = 0] = [16, 20, 24].map((place) => archive.readUInt32LE(at + place));
  const local = archive.readUInt32LE(at + 42);
  if (archive.readUInt32LE(local) !== marks.local) return null;
  const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = archive.subarray(from, from + packed);
  const content = archive.readUInt16LE(at + 10) === 0 ? bytes : await unpackedBy(inflateRaw, bytes);
  if (content?.length !== size || crc32(content) !== sum) return null;
  return { name: archive.subarray(at + 46, at + 46 + archive.readUInt16LE(at + 28)), content };
} // prettier-ignore
