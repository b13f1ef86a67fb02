import { createServer, type Server } from 'node:http';
import { isIPv6 } from 'node:net';

/** Where to listen, and the name of the setting that says which port. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly setting: string;
}

/** Where this machine reaches it; every address is also loopback. */
export function originOf({ address, port }: Place): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** Listens there. Throws an Error that names the setting when the port is taken, or the address not ours. */
export function listen(server: Server, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(whyNot(error, place))));
    server.listen(place.port, place.address, resolve);
  });
}

function whyNot(error: NodeJS.ErrnoException, { address, port, setting }: Place): string {
  if (error.code === 'EADDRINUSE') return `${setting}: port ${port} is taken; set another`;
  if (error.code === 'EADDRNOTAVAIL')
    return `LISTEN_ADDRESS: ${address} is no address of this machine`;
  return `${setting}: ${error.message}`;
}

/** Stops listening and ends every connection, also the ones that are held. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Throws an Error that names the setting when one cannot listen there, and leaves the port free. */
export async function probe(place: Place): Promise<void> {
  const server = createServer();
  await listen(server, place);
  await shut(server);
}

/** A port that can be closed and opened again. */
export interface Gate {
  /** Opens or closes it as `refused` says now. */
  readonly adjust: () => Promise<void>;
  readonly shut: () => Promise<void>;
}

/**
 * A channel's port, closed for as long as the channel is to refuse connections.
 *
 * @param make a server that is not listening yet
 * @param refused is the port to be closed?
 */
export function gate(make: () => Server, refused: () => boolean, place: Place): Gate {
  let server: Server | null = null;
  let turn = Promise.resolve();
  const close = async () => {
    if (server) await shut(server);
    server = null;
  };
  const adjust = async () => {
    if (refused()) return close();
    if (server) return;
    const made = make();
    await listen(made, place);
    server = made;
  };
  /** One after the other: a port cannot be opened while it closes. */
  const inTurn = (act: () => Promise<void>) => {
    const acted = turn.then(act);
    turn = acted.catch(() => undefined);
    return acted;
  };
  return { adjust: () => inTurn(adjust), shut: () => inTurn(close) };
}
