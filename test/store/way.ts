import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL that stands between: `join` says what passes of each connection. Both ends close by themselves alone. */
export async function openWay(databaseUrl: string, join: (client: Socket, backend: Socket) => void) {
  const there = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const backend = connect({ port: Number(there.port), host: there.hostname, allowHalfOpen: true });
    for (const socket of [client, backend]) sockets.add(socket.on('error', () => undefined));
    join(client, backend);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(databaseUrl);
  here.port = String((server.address() as { port: number }).port);
  return {
    url: here.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
} // prettier-ignore
