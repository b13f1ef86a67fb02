import { crc32, deflateRawSync } from 'node:zlib';

/** A file within an archive; its name as bytes, for Alipay’s are not in UTF-8. */
export interface ZipEntry {
  readonly name: Buffer;
  readonly content: Buffer;
}

/** The files as a zip archive. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content);
    const about = described(name, content, packed);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, name, packed]);
    directory.push(listed(name, about, offset));
    locals.push(local);
    offset += local.length;
  }
  return Buffer.concat([...locals, ...directory, end(directory, offset)]);
}

/** What a file's header and its line in the directory have in common: version, flags, method, time, sizes. */
function described(name: Buffer, content: Buffer, packed: Buffer): Buffer {
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(8, 4); // deflated
  about.writeUInt32LE(0x00210000, 6); // 1980-01-01
  about.writeUInt32LE(crc32(content), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(name.length, 22);
  return about;
}

function listed(name: Buffer, about: Buffer, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), about, rest, name]);
}

function end(directory: readonly Buffer[], offset: number): Buffer {
  const tail = Buffer.alloc(18);
  tail.writeUInt16LE(directory.length, 4);
  tail.writeUInt16LE(directory.length, 6);
  tail.writeUInt32LE(Buffer.concat(directory).length, 8);
  tail.writeUInt32LE(offset, 12);
  return Buffer.concat([Buffer.from('PK\x05\x06'), tail]);
}
