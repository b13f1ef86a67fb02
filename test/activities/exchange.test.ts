import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';

import { sendThrough, type Sent, type Wire } from '../../src/activities/exchange.ts';
import type { HttpReply } from '../../src/channels/exchange.ts';
import { type ChannelServer, openServer } from './channel-server.ts';

const opened: ChannelServer[] = [];
const serve = async (...given: Parameters<typeof openServer>) => {
  const server = await openServer(...given);
  opened.push(server);
  return server;
};
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

const patient = 20_000;
const wire = (given: Partial<Wire> = {}): Wire => ({
  timeout_ms: patient,
  fence: () => Promise.resolve('taken'),
  log: () => Promise.resolve(),
  redact: (text) => text,
  ...given,
});
const post = (url: string, given: Partial<Wire> = {}): Promise<HttpReply> =>
  sendThrough(wire(given))({
    method: 'POST',
    url: `${url}/orders?a=1`,
    headers: { Authorization: 'signature="s3cret"', 'Content-Type': 'application/json' },
    body: '{"amount":1999}',
  });

test('the request leaves as it was signed, and the reply comes back as it was sent', async () => {
  const server = await serve((response) => {
    response.writeHead(403, { 'Wechatpay-Nonce': 'N' }).end('{"code":"支付"}');
  });
  const reply = await post(server.url);
  expect(reply).toMatchObject({ kind: 'reply', status: 403, body: '{"code":"支付"}' });
  expect(reply).toHaveProperty(['headers', 'wechatpay-nonce'], 'N');
  expect(server.requests).toMatchObject([
    { method: 'POST', path: '/orders?a=1', body: '{"amount":1999}' },
  ]);
  expect(server.requests[0]?.headers.authorization).toBe('signature="s3cret"');
});

test('a GET has no body', async () => {
  const server = await serve((response) => response.end('{}'));
  const send = sendThrough(wire());
  await send({ method: 'GET', url: server.url, headers: {}, body: '' });
  expect(server.requests).toMatchObject([{ method: 'GET', body: '' }]);
});

describe('the send fence', () => {
  test('is asked once, and nothing touches the network before it is taken', async () => {
    const server = await serve((response) => response.end('{}'));
    let take: (fence: 'taken') => void = () => undefined;
    let asked = 0;
    const fence = () => {
      asked += 1;
      return new Promise<'taken'>((resolve) => (take = resolve));
    };
    const reply = post(server.url, { fence });
    await roundTrip(server.url); // whatever had left before would have arrived before this
    expect([asked, server.connections()]).toEqual([1, 1]);
    take('taken');
    expect(await reply).toMatchObject({ kind: 'reply' });
    expect([asked, server.requests.length]).toEqual([1, 1]);
  });

  test.each([
    ['closed', 'never_sent'],
    ['sent', 'lost'],
  ] as const)('that is %s sends nothing: %s', async (fence, kind) => {
    const server = await serve((response) => response.end('{}'));
    const log = () => Promise.reject(new Error('there is nothing to log'));
    const reply = await post(server.url, { fence: () => Promise.resolve(fence), log });
    expect(reply.kind).toBe(kind);
    expect(server.connections()).toBe(0);
  });

  test('that cannot be asked lets nothing leave, and says nothing about other senders', async () => {
    const server = await serve((response) => response.end('{}'));
    const fence = () => Promise.reject(new Error('PostgreSQL is away'));
    await expect(post(server.url, { fence })).rejects.toThrow('PostgreSQL is away');
    expect(server.connections()).toBe(0);
  });
});

/** A connection of our own that says nothing: when it is accepted, all earlier ones were. */
async function roundTrip(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
}

describe('never sent is', () => {
  test('a refused connection', async () => {
    const server = await openServer((response) => response.end());
    await server.close();
    expect(await post(server.url)).toEqual({ kind: 'never_sent', detail: 'ECONNREFUSED' });
  });

  test('a refusal at every address of a name', async () => {
    const server = await openServer((response) => response.end());
    await server.close();
    const byName = server.url.replace('127.0.0.1', 'localhost');
    expect(await post(byName)).toEqual({ kind: 'never_sent', detail: 'ECONNREFUSED' });
  });

  test('a name that does not resolve', async () => {
    expect(await post('http://pay.invalid')).toMatchObject({ kind: 'never_sent' });
  });
});

describe('lost is', () => {
  test.each([
    ['an answer that does not come', () => undefined],
    ['a body that does not end', (response) => response.writeHead(200).write('{"code_url"')],
  ] as [string, Parameters<typeof openServer>[0]][])('%s in time', async (_what, behave) => {
    const server = await serve(behave);
    const reply = await post(server.url, { timeout_ms: 300 });
    expect(reply).toEqual({ kind: 'lost', detail: 'TimeoutError' });
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['before the answer', (response) => response.socket?.destroy()],
    [
      'in the middle of the body',
      (response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('{"code_url"');
        setImmediate(() => response.socket?.destroy());
      },
    ],
    ['instead of the answer', (response) => response.socket?.end('HTTP/9 what?\r\n\r\n')],
    ['under a mountain of headers', (r) => r.writeHead(200, { x: 'x'.repeat(64_000) }).end()],
  ] as [string, Parameters<typeof openServer>[0]][])(
    'a connection that breaks %s',
    async (_what, behave) => {
      const server = await serve(behave);
      expect(await post(server.url)).toMatchObject({ kind: 'lost' });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('a kept connection that breaks: it is not sent a second time', async () => {
    let breaking = false;
    const server = await serve((response) => {
      if (breaking) response.socket?.resetAndDestroy();
      else response.end('{}');
    });
    const isKept = () => server.requests.length > server.connections();
    while (!isKept()) expect(await post(server.url)).toMatchObject({ kind: 'reply' });
    const before = server.requests.length;
    breaking = true;
    expect(await post(server.url)).toMatchObject({ kind: 'lost' });
    expect(server.requests).toHaveLength(before + 1);
  });

  test.each(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNREFUSED'])(
    '%s while reading: the request had left by then',
    async (code) => {
      const cause = Object.assign(new Error('read'), { code, syscall: 'read' });
      const real = globalThis.fetch;
      globalThis.fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
      const reply = await post('http://127.0.0.1').finally(() => (globalThis.fetch = real));
      expect(reply).toEqual({ kind: 'lost', detail: code });
    },
  );

  test('a reply without end: reading stops at the limit', async () => {
    let written = 0;
    const server = await serve((response) => {
      const block = Buffer.alloc(64 * 1024, 'x');
      const pour = () => {
        written += block.length;
        if (response.write(block)) setImmediate(pour);
        else response.once('drain', pour);
      };
      pour();
    });
    expect(await post(server.url)).toMatchObject({ kind: 'lost' });
    expect(written).toBeGreaterThan(256 * 1024);
    expect(written).toBeLessThan(32 * 1024 * 1024); // what socket buffers may hold, not what memory may
  });

  test('a small reply that unpacks into a great one', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const server = await serve((response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await post(server.url)).toMatchObject({ kind: 'lost' });
  });
});

test('a reply of exactly the limit is one', async () => {
  const server = await serve((response) => response.end('x'.repeat(256 * 1024)));
  expect(await post(server.url)).toMatchObject({ kind: 'reply', status: 200 });
});

test('a redirect is an answer, not a way', async () => {
  const elsewhere = await serve((response) => response.end('{}'));
  const server = await serve((response) => {
    response.writeHead(307, { Location: elsewhere.url }).end();
  });
  expect(await post(server.url)).toMatchObject({ kind: 'reply', status: 307 });
  expect(elsewhere.connections()).toBe(0);
});

describe('the log of exchanges', () => {
  const kept = async (behave: Parameters<typeof openServer>[0]) => {
    const server = await serve(behave);
    const sent: Sent[] = [];
    const log = (one: Sent) => Promise.resolve(void sent.push(one));
    await post(server.url, { log, redact: (text) => text.replaceAll('o_payer', '[redacted]') });
    return { server, sent };
  };

  test('holds request and reply, redacted, and no header', async () => {
    const { server, sent } = await kept((response) => {
      response.writeHead(200, { 'Set-Cookie': 'c00kie' }).end('{"openid":"o_payer"}');
    });
    expect(sent).toEqual([
      {
        request: `POST ${server.url}/orders?a=1\n{"amount":1999}`,
        response: '200\n{"openid":"[redacted]"}',
        result: '200',
        took_ms: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(sent)).not.toMatch(/s3cret|c00kie/);
  });

  test('holds also what was not answered', async () => {
    const { sent } = await kept((response) => response.socket?.destroy());
    expect(sent).toMatchObject([{ result: 'lost', response: expect.any(String) }]);
  });

  test.each([
    ['fails', () => Promise.reject(new Error('disk full'))],
    ['never ends', () => new Promise<void>(() => undefined)],
    ['throws', () => { throw new Error('bug'); }],
  ])('that %s does not cost the answer', async (_what, log) => {
    const server = await serve((response) => response.end('{"paid":true}'));
    expect(await post(server.url, { log })).toMatchObject({ kind: 'reply', body: '{"paid":true}' });
  }); // prettier-ignore

  test('that cannot be redacted does not cost the answer, and is not written', async () => {
    const server = await serve((response) => response.end('{}'));
    let written = 0;
    const log = () => Promise.resolve(void (written += 1));
    const redact = () => {
      throw new Error('bug');
    };
    expect(await post(server.url, { log, redact })).toMatchObject({ kind: 'reply' });
    expect(written).toBe(0);
  });
});

test('a host that takes the connection and says nothing is waited for no longer than allowed', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as { port: number };
  const reply = await post(`http://127.0.0.1:${port}`, { timeout_ms: 200 });
  mute.close();
  expect(reply).toEqual({ kind: 'lost', detail: 'TimeoutError' });
});
