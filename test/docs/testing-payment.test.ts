import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** A row of a table: what the merchant sends, and the words that the row has for what becomes of it. */
interface Row {
  readonly sent: string;
  /** What brings a card to the channel that alone knows it. */
  readonly currency: string;
  readonly words: readonly string[];
}

const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
const wordsOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

/** The rows of the first table of a section: one for each word of the first column. */
function rowsOf(section: string): Row[] {
  const [, text = ''] = page.split(`## ${section}\n`);
  const lines = (text.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return lines.flatMap((line) => {
    const [, first = '', ...rest] = line.split(' | ').join('|').split('|');
    const currency = first.includes('(Adyen)') ? 'BHD' : 'USD';
    return wordsOf(first).map((sent) => ({ sent, currency, words: wordsOf(rest.join('|')) }));
  });
}

let stack: Launched;
let merchant: Merchant;

const qrChannels = ['wechat-pay', 'alipay'];
const magicChannels = [...qrChannels, 'stripe', 'paypal'];

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const stable = ['succeeded', 'canceled', 'failed', 'requires_payment_method', 'requires_capture'];
const isStable = ({ status }: any) => stable.includes(status);

/** What the row says: the state that it came to, and why where it was declined. Some go on as `tok_ok` does. */
function expectOf({ sent, words }: Row, { status, failure, late }: any): void {
  const told = words.includes('tok_ok') ? [...words, 'succeeded'] : words;
  expect([sent, told]).toEqual([sent, expect.arrayContaining([status])]);
  if (failure && status !== 'succeeded') expect(told).toContain(failure.code);
  expect(late).toBe(told.includes('late'));
}

/** Fifty at once may be told 503: like a merchant, asks again under the same key. */
async function made(given: object): Promise<any> {
  const [key, order_no] = [randomUUID(), randomUUID()];
  for (;;) {
    const { status, body } = await merchant.create({ order_no, ...given }, key);
    if (status === 201) return body;
    if (status !== 503) throw new Error(`not made: ${JSON.stringify(body)}`);
    await pause(1_000);
  }
}

/** Every row at once: some of them take a minute. */
const table = (name: string, rows: readonly Row[], play: (row: Row) => Promise<void>) =>
  describe(`the table of ${name}`, () => {
    let played: Map<string, Promise<unknown>>;
    beforeAll(() => {
      const failure = (error: unknown) => error ?? 'failed';
      played = new Map(rows.map((row) => [row.sent, play(row).then(() => null, failure)]));
    });
    test('has rows', () => expect(rows.length).toBeGreaterThan(3));
    test.each(rows)('says what becomes of $sent', async ({ sent }) => {
      const failure = await played.get(sent);
      if (failure !== null) throw failure as Error;
    }, 120_000);
  }); // prettier-ignore

table('cards', rowsOf('Cards').filter(({ sent }) => sent.startsWith('tok_')), async (row) => {
  const method = { type: 'card', token: row.sent };
  const body = await made({ currency: row.currency, method, expires_in: 15, wait: 0 });
  const isAsked = ({ status }: any) => status === 'requires_action';
  const asked = await merchant.until(body.id, (one) => isStable(one) || isAsked(one), 60_000);
  if (isAsked(asked)) await merchant.payer(asked, 'authenticate');
  expectOf(row, await merchant.until(body.id, isStable, 60_000));
  if (!row.words.includes('confirm')) return;
  await merchant.confirm(body.id, method);
  await merchant.until(body.id, ({ status }) => status === 'succeeded', 60_000);
}); // prettier-ignore

table('numbers of cards', rowsOf('Cards').filter(({ sent }) => /^\d/.test(sent)), async ({ sent, words }) => {
  const typed = { number: sent, expiry: '12/34', cvc: '123' };
  const { body } = await merchant.control('POST', '/card', typed);
  if (words[0] !== body.token) throw new Error(`${sent} becomes ${body.token}`);
}); // prettier-ignore

table('codes at a till', rowsOf('Codes at a till'), async (row) => {
  const method = { type: row.sent.startsWith('1') ? 'wechat_pay_code' : 'alipay_code', auth_code: row.sent };
  const body = await made({ method });
  if (row.words.includes('pay')) await merchant.payer(body, 'pay');
  expectOf(row, await merchant.until(body.id, isStable, 110_000));
}); // prettier-ignore

const methods = [['wechat_pay_qr', 'CNY'], ['alipay_qr', 'CNY'], ['ideal', 'EUR'], ['paypal', 'USD']]; // prettier-ignore
const magicRows = rowsOf('Magic amounts').filter(({ sent }) => /^\d+$/.test(sent));

describe('with magic amounts', () => {
  beforeAll(async () => {
    for (const channel of magicChannels)
      await merchant.control('POST', `/control/accounts/${channel}`, { magic_amounts: true });
  });

  test('an amount of the page is there for each of the last three digits that do something', () => {
    expect(magicRows.length).toBeGreaterThan(10);
  });

  table('magic amounts', magicRows, async (row) => {
    await Promise.all(methods.map(([type = '', currency = '']) => magic(row, type, currency)));
  });

  async function magic(row: Row, type: string, currency: string): Promise<void> {
    const amount = Number(row.sent);
    const isLate = row.words.includes('canceled');
    if (isLate && type === 'paypal') return; // as the row says
    const given = { amount, currency, method: { type } };
    const body = await made(given);
    if (isLate) {
      await merchant.until(body.id, ({ status }) => status === 'requires_action');
      await merchant.cancel(body.id);
    }
    const goesOn = row.words.includes('requires_action') && /_qr$/.test(type);
    if (goesOn) await pause(3_000);
    const isDone = isLate ? ({ attempts: [one] }: any) => one.amount_refunded === amount : isStable;
    const ended = goesOn
      ? await merchant.get(body.id)
      : await merchant.until(body.id, isDone, 60_000);
    expectOf(row, ended);
    if (ended.status === 'succeeded')
      expect(await merchant.books(ended)).toMatchObject({
        paid_count: 1,
        captured: amount,
        refunded: 0,
      });
  }
});
