import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { answering, back, order, refusedWith, signed, type Signing, stranger } from './bank.ts';

const day = '2026-11-28';
const header = 'entry_id,booked_at,direction,code,amount,currency,virtual_account,credit,return,remittance'; // prettier-ignore
const opening = `,${day}T00:00:00Z,CRDT,OPBD,20.00,EUR,,,,`;
const credit = `CR4T9,${day}T16:41:07Z,CRDT,RCDT,10.50,EUR,${order.reference},CR4T9,,"rent, ""March""\nby hand"`;
const sent = `RT83Q,${day}T17:00:25Z,DBIT,RRTN,4.00,EUR,${order.reference},CR4T9,${back.reference},`;
const bounced = `RT83Q-B,${day}T19:12:00Z,CRDT,RJCT,4.00,EUR,${order.reference},CR4T9,${back.reference},`;
const closing = (amount: string) => `,${day}T23:59:59Z,CRDT,CLBD,${amount},EUR,,,,`;
const whole = [header, opening, credit, sent, bounced, closing('30.50')];

const stated = (text: string, signing: Signing = {}): HttpReply => ({
  kind: 'reply',
  status: 200,
  headers: signed(['@status', '200'], text, signing),
  body: '',
  file: Buffer.from(text),
});
const ask = (reply: HttpReply) => {
  const call = answering(reply);
  return bankTransfer.bill!(call, { day, flow: 'fund' });
};
const billOf = (lines: readonly string[], signing?: Signing) =>
  ask(stated(lines.map((line) => `${line}\n`).join(''), signing));

test('a statement tells what came, what went back and what bounced, by our numbers', async () => {
  const eur = { currency: 'EUR', fee: null };
  expect(await billOf(whole)).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: order.reference, channel_reference: 'CR4T9', amount: 1_050, direction: 'in', at: `${day}T16:41:07.000Z`, ...eur },
      { kind: 'refund', reference: back.reference, channel_reference: 'RT83Q', amount: 400, direction: 'out', at: `${day}T17:00:25.000Z`, ...eur },
      { kind: 'refund', reference: back.reference, channel_reference: 'RT83Q-B', amount: 400, direction: 'in', at: `${day}T19:12:00.000Z`, ...eur },
    ],
  });
}); // prettier-ignore

test('its file is asked for, not kept', async () => {
  const call = answering(stated(`${header}\n`));
  await bankTransfer.bill!(call, { day, flow: 'fund' });
  expect(call.requests).toMatchObject([
    { method: 'GET', url: `https://bank.example/v1/statements/${day}`, is_file: true },
  ]);
});

test('a balance may be more than any payment, and below nothing', async () => {
  const owed = `,${day}T00:00:00Z,DBIT,OPBD,999999999999.00,EUR,,,,`;
  const left = `,${day}T23:59:59Z,DBIT,CLBD,999999999988.50,EUR,,,,`;
  expect((await billOf([header, owed, credit, left])).kind).toBe('bill');
});

test.each([
  ['without a line of balances', [header, credit]],
  ['that is cut off before its closing balance', whole.slice(0, -1)],
  ['that lacks an entry', [header, opening, sent, bounced, closing('30.50')]],
  ['whose entry says another amount', [header, opening, credit.replace('10.50', '10.49'), closing('30.50')]],
  ['of another day', whole.map((line) => line.replaceAll(day, '2026-11-27'))],
  ['with an amount that is none', [header, opening, credit.replace('10.50', '0010.500'), closing('30.50')]],
  ['with another column', [`${header},more`, ...whole.slice(1)]],
  ['with a line of two cells', [...whole, 'a,b']],
  ['without a header', []],
])('a statement %s is not believed', async (_what, lines) => {
  expect(await billOf(lines)).toEqual({ kind: 'unknown', detail: expect.any(String) });
}); // prettier-ignore

test('a statement that ends within a line, or that the bank did not sign, is not believed', async () => {
  const text = whole.map((line) => `${line}\n`).join('');
  const cut = await ask(stated(text.slice(0, -3)));
  const forged = await billOf(whole, { key: stranger.privateKey });
  expect([cut, forged].map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
});

test('a day on which nothing was booked has no bill, and one that is not over has none yet', async () => {
  expect((await billOf([header, opening, closing('20.00')])).kind).toBe('no_bill');
  expect((await billOf([header])).kind).toBe('no_bill');
  const interim = closing('30.50').replace('CLBD', 'ITBD');
  expect((await billOf([...whole.slice(0, -1), interim])).kind).toBe('not_ready');
  expect((await ask(refusedWith(404, 'STATEMENT_UNKNOWN'))).kind).toBe('not_ready');
  expect((await ask(refusedWith(403, 'NOT_PERMITTED'))).kind).toBe('refused');
});
