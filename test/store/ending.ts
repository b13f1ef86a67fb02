import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

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
export async function openEnding(databaseUrl: string) {
  const there = new URL(databaseUrl);
  const server = createServer((client) => {
    const backend = connect(Number(there.port), there.hostname);
    for (const socket of [client, backend]) socket.on('error', () => undefined);
    client.pipe(backend);
    backend.on('data', (told) => pass(told, client, backend));
    client.on('close', () => backend.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(databaseUrl);
  here.port = String((server.address() as { port: number }).port);
  return {
    url: here.href,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(told: Buffer, client: Socket, backend: Socket): void {
  if (!told.subarray(-ready.length).equals(ready)) return void client.write(told);
  client.unpipe(backend).resume(); // unread, it would never close
  backend.destroy();
  client.end(Buffer.concat([told, fatal]));
}
