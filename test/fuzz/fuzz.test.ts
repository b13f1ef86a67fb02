import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { mutated } from '../../fuzz/callback/mutation.ts';
import { stripe } from '../../fuzz/callback/stripe.ts';
import { drawCanaries } from '../../fuzz/canary.ts';
import { Chance } from '../../fuzz/chance.ts';
import { Findings, Log } from '../../fuzz/finding.ts';
import { Wire } from '../../fuzz/wire.ts';
import { holdsCardNumber } from '../../src/domain/card-number.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function fuzz(...args: string[]): Promise<Ended> {
  const env = { ...process.env, PORTS_OF: String(process.pid) };
  const child = spawn(process.execPath, ['--import', 'tsx', 'fuzz/main.ts', ...args], { cwd: root, env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, stdout, stderr }));
  });
} // prettier-ignore

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-fuzz-'));

describe('npm run fuzz', () => {
  test('attacks a stack of its own, tells what it did in one line and leaves nothing behind', async () => {
    const before = folders();
    const { code, stdout, stderr } = await fuzz('--only', 'smuggling,target,identity', '--seed', '7', '--json'); // prettier-ignore
    if (stdout === '') throw new Error(stderr); // it could not even begin
    const result = JSON.parse(stdout.trim());
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(result).toMatchObject({ profile: 'smoke', seed: 7, findings: 0, failures: [], skipped: [] }); // prettier-ignore
    expect(Object.keys(result.attacks)).toEqual(['smuggling', 'target', 'identity', 'aftermath']);
    expect(result.requests).toBeGreaterThan(100);
    expect(stderr).toContain('seed 7');
    expect(code).toBe(0);
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  }, 180_000);

  test('--help says how, and a wrong value is one clear line', async () => {
    const help = await fuzz('--help');
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--only')]);
    for (const [args, words] of [
      [['--profile', 'huge'], '--profile must be smoke or full'],
      [['--seed', 'x'], '--seed must be a whole number'],
      [['--only', 'callback,x'], "not 'x'"],
    ] as const) {
      const { code, stdout, stderr } = await fuzz(...args);
      expect([code, stdout, stderr.trim().split('\n')]).toEqual([1, '', [expect.stringContaining(words)]]); // prettier-ignore
    }
  }, 180_000); // four starts, of 15 s each at a load of 25
});

describe('what is found', () => {
  const broken: readonly (readonly [string, RequestListener])[] = [
    ['no answer is a 5xx', (_, response) => response.writeHead(500).end('{}')],
    ['every answer has a Request-Id', (_, response) => response.end('{}')],
    ['every refusal is problem+json with a code', (_, response) => response.writeHead(404, { 'Request-Id': 'r' }).end('no')],
    ['no answer tells of our insides', (_, response) => response.setHeader('Request-Id', 'r').end('Error\n    at x (/srv/src/api/app.ts:1:2)')],
  ]; // prettier-ignore
  test.each(broken)('by a server that breaks the rule: %s', async (rule, listener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const log = new Log(() => undefined);
    const wire = new Wire((server.address() as AddressInfo).port, new Findings(log, 'a', 'again'));
    await wire.ask({ method: 'GET', path: '/' });
    wire.close();
    server.close();
    const found = log.failures.map((failure) => [failure.rule, failure.replay]);
    expect(found).toContainEqual([rule, 'again']);
  });

  test('is all counted, told five times of a kind, and cannot steer a terminal', () => {
    const said: string[] = [];
    const log = new Log((line) => said.push(line));
    const findings = new Findings(log, 'a', 'again');
    for (let i = 0; i < 9; i += 1) findings.expect(false, 'a rule', () => '\u001b[2J');
    expect([log.count, log.failures.length]).toEqual([9, 5]);
    expect(said.join()).not.toContain('\u001b');
  });
});

describe('what is drawn', () => {
  const keys = {
    'wechat-pay': {} as any,
    alipay: {} as any,
    paypal: {} as any,
    'bank-transfer': {} as any,
    adyen: {} as any,
    unionpay: {} as any,
    stripe: { channel_account: 'cha_x', webhook_secret: 'whsec_x' },
  };
  const payment = { id: 'pay_x', amount: 1_999, attempts: [{ channel_reference: 'pi_1' }] } as any;
  const victim = {
    kind: 'payment',
    payment,
    reference: 'att_x',
    refund: null,
    before: '',
  } as const;

  test('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => mutated(stripeSample(), new Chance(seed, 'x'));
    const stripeSample = () => ({ a: { b: [1, 2, { c: 'd' }] }, e: 'f' });
    expect(draw(1)).toBe(draw(1));
    expect(new Set(Array.from({ length: 50 }, (_, seed) => draw(seed))).size).toBeGreaterThan(40);
  });

  test('card numbers are ones that must be refused', () => {
    const { cards } = drawCanaries(3);
    expect(cards.length).toBeGreaterThan(10);
    expect(cards.filter((card) => !holdsCardNumber(card))).toEqual([]);
  });

  test('a callback means something only while reference, money and account are ours', () => {
    const tongue = stripe(keys);
    const body = tongue.wrap(Buffer.from(JSON.stringify(tongue.sample(victim))), victim).toString();
    const means = (text: string) => tongue.means(Buffer.from(text), victim);
    expect(means(body)).toBe(true);
    for (const [from, to] of [['att_x', 'att_y'], [/1999/g, '1998'], ['usd', 'eur'], ['"livemode":false', '"livemode":true'], ['{', '[']] as const)
      expect(means(body.replace(from, to))).toBe(false);
  }); // prettier-ignore
});
