import { bearing, createTokens, type Tokens } from '../../src/activities/token.ts';
import type { HttpReply, HttpRequest } from '../../src/channels/exchange.ts';
import type { Grant } from '../../src/channels/grant.ts';
import { type ChannelServer, openServer } from './channel-server.ts';

const hourMs = 3_600_000;
let server: ChannelServer;
let tokens: Tokens;
let lives_ms: number;
/** What the channel does when it is asked for its next token; the token's number is its own. */
let answer: (respond: (status: number, text: string) => void) => void;
let given: number;

/** As a channel with such tokens says it: the token is the reply's text. */
const grant: Grant = {
  request: (account) => ({
    method: 'POST',
    url: `${server.url}/token`,
    headers: { Authorization: (account as { key: string }).key },
    body: 'give',
  }),
  read: (reply) => {
    if (reply.kind === 'reply' && reply.status === 200)
      return { kind: 'granted', token: reply.body, lives_ms };
    if (reply.kind === 'reply' && reply.status === 401) return reply;
    return { kind: 'never_sent', detail: 'no token' };
  },
};

beforeEach(async () => {
  lives_ms = hourMs;
  given = 0;
  answer = (respond) => respond(200, `t${(given += 1)}`);
  server = await openServer((response) =>
    answer((status, text) => response.writeHead(status).end(text)),
  );
  tokens = createTokens(2_000);
});
afterEach(() => server.close());

const asked: HttpRequest = {
  method: 'POST',
  url: 'http://channel',
  headers: { a: '1' },
  body: 'b',
};
const mine = { key: 'mine' };

/** A way out on which each request is answered so, and what left on it. */
function way(...replies: HttpReply[]) {
  const left: HttpRequest[] = [];
  const send = (request: HttpRequest) => {
    left.push(request);
    return Promise.resolve(replies[left.length - 1] ?? done);
  };
  return { left, send: (account: object = mine) => bearing(send, tokens, grant, account)(asked) };
}
const done: HttpReply = { kind: 'reply', status: 200, headers: {}, body: 'ok' };
const unauthorized: HttpReply = { ...done, status: 401 };
const borne = ({ headers }: HttpRequest) => headers['Authorization'];

test('a request leaves as it was made, with the token on it', async () => {
  const { left, send } = way();
  expect(await send()).toEqual(done);
  expect(left).toEqual([{ ...asked, headers: { a: '1', Authorization: 'Bearer t1' } }]);
  expect(server.requests).toMatchObject([{ method: 'POST', path: '/token', body: 'give' }]);
});

test('one token serves all requests of an account, also those that come while it is on its way', async () => {
  const { left, send } = way();
  await Promise.all([send(), send(), send()]);
  await send();
  expect(left.map(borne)).toEqual(Array(4).fill('Bearer t1'));
  expect(server.requests).toHaveLength(1);
});

test('each account has its own, and so has another version of it', async () => {
  const { left, send } = way();
  await send();
  await send({ key: 'another' });
  await send({ ...mine });
  expect(left.map(borne)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t3']);
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['mine', 'another', 'mine']); // prettier-ignore
});

test('a token is renewed a minute before its end', async () => {
  const { left, send } = way();
  lives_ms = 60_000;
  await send();
  lives_ms = 60_000 + hourMs;
  await send();
  await send();
  expect(left.map(borne)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2']);
});

test('a token that is refused is used no more, and the refusal is the reply', async () => {
  const { left, send } = way(unauthorized, done);
  expect(await send()).toEqual(unauthorized);
  expect(await send()).toEqual(done);
  expect(left.map(borne)).toEqual(['Bearer t1', 'Bearer t2']);
});

test('a late refusal of an old token leaves the new one', async () => {
  const { send } = way();
  await send();
  tokens.forget(mine, 't1');
  await send();
  tokens.forget(mine, 't1');
  await send();
  expect(given).toBe(2);
});

test('without a token nothing leaves, and the next request asks again', async () => {
  answer = (respond) => respond(500, '');
  const { left, send } = way();
  expect(await send()).toEqual({ kind: 'never_sent', detail: 'no token' });
  expect(left).toEqual([]);
  answer = (respond) => respond(200, 't1');
  expect(await send()).toEqual(done);
});

test('refused keys are the reply, and nothing leaves', async () => {
  answer = (respond) => respond(401, 'wrong keys');
  const { left, send } = way();
  expect(await send()).toMatchObject({ kind: 'reply', status: 401, body: 'wrong keys' });
  expect(left).toEqual([]);
});

test('a token that is long in coming is not waited for, and is there for the next request', async () => {
  let come: () => void = () => undefined;
  answer = (respond) => (come = () => respond(200, 't1'));
  const { left, send } = way();
  expect(await send()).toEqual({ kind: 'never_sent', detail: 'no token in 1500 ms' });
  const next = send();
  come();
  expect(await next).toEqual(done);
  expect(left.map(borne)).toEqual(['Bearer t1']);
  expect(server.requests).toHaveLength(1);
});
