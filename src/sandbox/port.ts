import { createServer, type Server } from 'node:http';

/**
 * Listens on loopback. Throws an Error that names the setting when the port is taken.
 *
 * @param setting the name of the setting that says `port`
 */
export function listen(server: Server, port: number, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new Error(`${setting}: ${taken ? `port ${port} is taken; set another` : error.message}`),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Stops listening and ends every connection, also the ones that are held. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Throws an Error that names the setting when the port is taken, and leaves it free.
 *
 * @param setting the name of the setting that says `port`
 */
export async function probe(port: number, setting: string): Promise<void> {
  const server = createServer();
  await listen(server, port, setting);
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
 * @param port where it listens, and the name of the setting that says so
 */
export function gate(
  make: () => Server,
  refused: () => boolean,
  { port, setting }: { port: number; setting: string },
): Gate {
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
    await listen(made, port, setting);
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
