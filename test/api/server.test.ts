import type { RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';

import { type ApiServer, createApiServer, drain } from '../../src/api/server.ts';

let server: ApiServer;
let serve: RequestListener;

beforeEach(async () => {
  serve = (request, response) => response.end(`<${request.url}>`);
  server = createApiServer((request, response) => serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Heard {
  readonly text: string;
  readonly closed: boolean;
}

/** Writes these bytes and listens until the server closes or has said `until`. */
function say(bytes: string, until = 'never said'): Promise<Heard> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  return new Promise((resolve) => {
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.on('error', () => undefined).on('close', () => end(true));
    socket.on('end', () => end(true)).on('data', (data) => {
      text += String(data);
      if (text.includes(until)) end(false);
    }); // prettier-ignore
    socket.write(bytes);
  });
}

const get = (target: string, ...lines: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');

describe('threat 14: what two readers of HTTP may understand in two ways', () => {
  test.each([
    ['two Host lines', get('/', 'Host: y')],
    ['an absolute target with a port that is none', get('http://x:99999/livez')],
    ['an absolute target without a host', get('http:///livez')],
    ['an absolute target with a broken host', get('http://[/livez')],
    ['a target of another scheme', get('gopher://x/livez')],
    ['a folded line', get('/', 'X-A: b', ' c')],
    ['a blank before the colon', get('/', 'Transfer-Encoding : chunked')],
    ['both lengths', get('/', 'Content-Length: 5', 'Transfer-Encoding: chunked')],
    ['two lengths', get('/', 'Content-Length: 0', 'Content-Length: 0')],
  ])('%s: 400 and the end of the connection, whatever follows', async (_, bytes) => {
    const { text, closed } = await say(bytes + get('/hidden'));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).not.toContain('<');
    expect(closed).toBe(true);
  });

  test.each([
    ['http://evil.example/a?b=c', '</a?b=c>'],
    ['HTTP://u:p@evil.example', '</>'],
    ['http://evil.example?b', '</?b>'],
    ['http://evil.example/a/../b', '</a/../b>'],
    ['//evil.example/a', '<//evil.example/a>'],
  ])('%s is read as %s: a host in the target decides nothing', async (target, path) => {
    expect((await say(get(target), path)).text).toContain(path);
  });
});

test('a connection that was idle for longer than Node’s own 5 s takes the next request', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const heard: string[] = [];
  socket.on('data', (data) => heard.push(String(data)));
  socket.write(get('/first'));
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  socket.write(get('/second'));
  const said = () => heard.join('');
  for (const end = Date.now() + 10_000; !said().includes('</second>') && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
  expect(said()).toMatch(/<\/first>[^]*<\/second>/);
}, 30_000);

describe('threat 15: one caller', () => {
  test('who never finishes head or body is sent away within 15 s', async () => {
    serve = (request) => void request.resume(); // answered once it is read
    const began = Date.now();
    const slow = ['', 'GET / HTT', get('/', 'Content-Length: 9') + '1'].map((bytes) => say(bytes));
    for (const { closed } of await Promise.all(slow)) expect(closed).toBe(true);
    expect(Date.now() - began).toBeLessThan(20_000); // and what a loaded machine adds
  }, 40_000);

  test('has 8 KiB for the lines of a request', async () => {
    const { text, closed } = await say(get('/', `X-A: ${'a'.repeat(8_192)}`));
    expect([text.slice(0, 12), closed]).toEqual(['HTTP/1.1 431', true]);
  });

  test('is one of two thousand at a time', () => {
    expect(server.maxConnections).toBe(2_000);
  });
});

describe('threat 5: many requests in one breath', () => {
  test('are served one after another, in their order, and leave the others their turn', async () => {
    let now = 0;
    let most = 0;
    serve = (request, response) => {
      most = Math.max(most, ++now);
      setImmediate(() => {
        now -= 1;
        response.end(`<${request.url}>`);
      });
    };
    const paths = Array.from({ length: 1_000 }, (_, index) => `/${index}`);
    const { text } = await say(paths.map((path) => get(path)).join(''), '</999>');
    expect([...text.matchAll(/<(.+?)>/g)].map((found) => found[1])).toEqual(paths);
    expect(most).toBe(1);
  });

  test('with bodies are read to the end of each', async () => {
    serve = (request, response) => {
      let size = 0;
      request.on('data', (data: Buffer) => (size += data.length));
      const answer = () => response.end(`<${request.url} ${size}>`);
      request.on('end', () => setTimeout(answer, 2)); // slower than they come: reading is paused meanwhile
    };
    const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n${'x'.repeat(10_000)}`; // prettier-ignore
    const { text } = await say(Array.from({ length: 400 }, (_, index) => post(`/${index}`)).join(''), '</399'); // prettier-ignore
    expect(text.match(/ 10000>/g)).toHaveLength(400);
  });

  test('end with their connection: what waits is not begun', async () => {
    const begun: string[] = [];
    const left = new Promise<void>((resolve) => {
      serve = (request, response) => {
        begun.push(request.url ?? '');
        response.once('close', () => setImmediate(resolve));
        request.socket.destroy();
      };
    });
    await say(get('/first') + get('/second'));
    await left;
    expect(begun).toEqual(['/first']);
  });
});

describe('a server that drains', () => {
  const port = () => (server.address() as AddressInfo).port;

  test('answers what is in hand, says that this was the last answer, and takes nobody more', async () => {
    const held: (() => void)[] = [];
    serve = (request, response) => held.push(() => response.end(`<${request.url}>`));
    const address = port();
    const heard = Promise.all(['/a', '/b', '/c'].map((target) => say(get(target))));
    while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const drained = drain(server, 30_000);
    const refused = await new Promise((resolve) => connect(address, '127.0.0.1').on('error', ({ message }) => resolve(message))); // prettier-ignore
    expect(refused).toContain('ECONNREFUSED');
    for (const answer of held) answer();
    for (const { text, closed } of await heard) {
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close[^]*<\/[abc]>/);
      expect(closed).toBe(true);
    }
    expect(await drained).toBe(true);
  });

  test('is not kept by a caller who always asks again on the same connection', async () => {
    serve = (_request, response) => setTimeout(() => response.end(), 20);
    const socket = connect(port(), '127.0.0.1');
    const asks = () => socket.write(get('/'));
    socket.on('error', () => undefined).on('data', asks);
    await new Promise((resolve) => socket.on('data', resolve).on('connect', () => asks() && asks())); // one is always in hand
    expect(await drain(server, 3_000)).toBe(true);
  }); // prettier-ignore

  test('is not kept by who has a connection and says nothing, half a request, or nothing more', async () => {
    const spare = say('');
    const half = say('GET / HTTP/1.1\r\nHost: x\r\n');
    const halfAgain = say(`${get('/')}GET /again HTTP/1.1\r\n`);
    const connections = promisify(server.getConnections.bind(server));
    while ((await connections()) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await drain(server, 30_000)).toBe(true);
    expect((await halfAgain).text).toMatch(/<\/>$/);
    expect([await spare, await half]).toEqual(Array(2).fill({ text: '', closed: true }));
  });

  test('gives up somebody who is not answered in time', async () => {
    const asked = new Promise<void>((resolve) => (serve = () => resolve()));
    const heard = say(get('/'));
    await asked;
    expect(await drain(server, 100)).toBe(false);
    server.closeAllConnections();
    await heard;
  });
});
