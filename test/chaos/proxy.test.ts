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
  const request = get({ host: '127.0.0.1', port: proxy.port, agent: false });
  const patience = setTimeout(() => request.destroy(new Error('no answer')), patienceMs);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return await text(response);
  } finally {
    clearTimeout(patience);
  }
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
    await expect(ask(500)).rejects.toThrow('no answer');
  });

  test('that is slow answers late, and in order', async () => {
    proxy.disturb('delay');
    const began = Date.now();
    expect(await ask()).toBe('well');
    expect(Date.now() - began).toBeGreaterThanOrEqual(4_000); // 2 s each way
  });
});
