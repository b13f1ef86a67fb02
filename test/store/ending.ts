import type { Socket } from 'node:net';

import { openWay } from './way.ts';

const fields = [
  'SFATAL',
  'VFATAL',
  'C57P01',
  'Mterminating connection due to administrator command',
  '',
];
const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
const length = Buffer.alloc(4);
length.writeInt32BE(4 + body.length);
const fatal = Buffer.concat([Buffer.from('E'), length, body]);
const ready = Buffer.from('Z\0\0\0\x05I');

/** A way to a PostgreSQL on which every connection ends, as by its shutdown, in the very packet that says it is ready. */
export function openEnding(databaseUrl: string) {
  return openWay(databaseUrl, (client, backend) => {
    client.pipe(backend);
    backend.on('data', (told) => pass(told, client, backend));
    client.on('close', () => backend.destroy());
  });
}

function pass(told: Buffer, client: Socket, backend: Socket): void {
  if (!told.subarray(-ready.length).equals(ready)) return void client.write(told);
  client.unpipe(backend).resume(); // unread, it would never close
  backend.destroy();
  client.end(Buffer.concat([told, fatal]));
}
