import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Proxy } from '../../chaos/proxy.ts';

let server: Server;
let proxy: Proxy;
beforeAll(async () => {
  server = createServer((_request, response) => response.end('well'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = new Proxy((server.address() as AddressInfo).port);
  await proxy.open();
});
afterAll(() => {
  proxy.close();
  server.closeAllConnections();
  server.close();
});
afterEach(() => proxy.mend());

/** On a connection of its own: one that a cut has reset is never taken up again. */
async function ask(patienceMs = 10_000): Promise<string> {
  const options = { port: proxy.port, agent: false, signal: AbortSignal.timeout(patienceMs) };
  const request = get({ host: '127.0.0.1', ...options });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return text(response);
}

describe('a line', () => {
  test('carries what is said', async () => {
    expect(await ask()).toBe('well');
  });

  test('that is cut refuses, and is well again when it is mended', async () => {
    proxy.disturb('cut');
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    proxy.mend();
    expect(await ask()).toBe('well');
  });

  test('that is half open neither answers nor refuses', async () => {
    proxy.disturb('half-open');
    await expect(ask(500)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is slow answers late, and in order', async () => {
    proxy.disturb('delay');
    const began = Date.now();
    expect(await ask()).toBe('well');
    expect(Date.now() - began).toBeGreaterThanOrEqual(4_000); // 2 s each way
  });
});
