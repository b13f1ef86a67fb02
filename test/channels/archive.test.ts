import { deflateSync } from 'node:zlib';

import { inflated, unzipped } from '../../src/channels/archive.ts';
import { zip } from '../../src/sandbox/zip.ts';

const files = [
  { name: Buffer.from([0xd2, 0xb5, 0xce, 0xf1]), content: Buffer.from('one, two') },
  { name: Buffer.from('empty'), content: Buffer.alloc(0) },
];
const archive = zip(files);

test('an archive’s files come back with their names as bytes', async () => {
  expect(await unzipped(archive)).toEqual(files);
});

test('of an archive that is cut off anywhere nothing is told', async () => {
  for (let length = 0; length < archive.length - 4; length += 1)
    expect(await unzipped(archive.subarray(0, length))).toBeNull();
});

test.each([
  ['whose check sum does not fit', 14 + 16],
  ['whose size does not fit', 14 + 24],
])('an archive %s is none', async (_what, place) => {
  const spoilt = Buffer.from(archive);
  const listed = spoilt.indexOf('PK\x01\x02', undefined, 'latin1');
  spoilt[listed + place - 14]! ^= 1;
  expect(await unzipped(spoilt)).toBeNull();
});

test('an archive that says it unpacks to more than a bill can be is not unpacked', async () => {
  const spoilt = Buffer.from(archive);
  spoilt.writeUInt32LE(0x7fffffff, spoilt.indexOf('PK\x01\x02', undefined, 'latin1') + 24);
  expect(await unzipped(spoilt)).toBeNull();
});

test('a stream that unpacks to more than a bill can be is none', async () => {
  const bomb = deflateSync(Buffer.alloc(129 * 1024 * 1024), { level: 1 });
  expect(await inflated(bomb)).toBeNull();
  expect(await inflated(bomb.subarray(0, 10))).toBeNull();
});
