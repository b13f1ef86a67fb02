import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL on which connections can fall silent, as behind a firewall that has forgotten them. */
export async function openSilence(databaseUrl: string) {
  const there = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const heard = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const backend = connect({ port: Number(there.port), host: there.hostname, allowHalfOpen: true });
    const passOn = (from: Socket, to: Socket) => {
      heard.add(from);
      sockets.add(from.on('error', () => undefined));
      from.on('data', (data) => heard.has(from) && to.write(data));
      from.on('end', () => heard.has(from) && to.end());
    };
    passOn(client, backend);
    passOn(backend, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(databaseUrl);
  here.port = String((server.address() as { port: number }).port);
  return {
    url: here.href,
    /** Of the connections that are there now nothing is passed on any more, no goodbye either; nor are they ended. */
    fall: () => {
      heard.clear();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
} // prettier-ignore
