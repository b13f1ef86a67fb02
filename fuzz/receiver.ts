import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The merchants' receiver of webhooks: on loopback, so that nothing of a fuzz run goes anywhere else. */
export interface Receiver {
  readonly url: string;
  /** What EGRESS_ALLOW names. */
  readonly address: string;
  readonly close: () => void;
}

export async function openReceiver(): Promise<Receiver> {
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://${address}/hook`, address, close };
}
