import type { Socket } from 'node:net';

import { openWay } from './way.ts';

/** A way to a PostgreSQL on which connections can fall silent, as behind a firewall that has forgotten them. */
export async function openSilence(databaseUrl: string) {
  const heard = new Set<Socket>();
  const passOn = (from: Socket, to: Socket) => {
    heard.add(from);
    from.on('data', (data) => heard.has(from) && to.write(data));
    from.on('end', () => heard.has(from) && to.end());
  };
  const way = await openWay(databaseUrl, (client, backend) => {
    passOn(client, backend);
    passOn(backend, client);
  });
  return {
    ...way,
    /** Of the connections that are there now nothing is passed on any more, no goodbye either; nor are they ended. */
    fall: () => {
      heard.clear();
    },
  };
}
