import fc from 'fast-check';

import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import type { RawCallback } from '../../../src/channels/callback.ts';
import { account, accountWith, back, credit, notified, now, order, returned, rotated, sealed, stranger } from './bank.ts'; // prettier-ignore

const read = (callback: RawCallback) => bankTransfer.readCallback(account, callback, now);
const booked = (credits: object[], change: object = {}) =>
  notified('credit.booked', { virtual_account: accountWith(credits, change) });
const moved = (status: string, change: object = {}) =>
  notified(`return.${status}`, { return: returned(status, change) });
const exact = credit('CR1', '10.50');

describe('a credit', () => {
  test.each(['open', 'closed'])('alone, of exactly the order, is evidence; the account is %s', (status) => {
    expect(read(booked([exact], { status }))).toEqual({
      kind: 'attempt',
      event: 'EV5H1',
      reference: order.reference,
      answer: {
        kind: 'approved',
        receipt: { channel_reference: 'CR1', paid_at: '2026-11-29T16:41:07.000Z', amount: 1_050, currency: 'EUR' },
      },
    });
  }); // prettier-ignore

  test.each([
    ['of less', [credit('CR1', '10.49')]],
    ['of more', [credit('CR1', '10.51')]],
    ['of another currency', [credit('CR1', '10.50', 'USD')]],
    ['after another', [credit('CR1', '4.00'), credit('CR2', '6.50')]],
    ['after one of exactly the order', [exact, credit('CR2', '10.50')]],
    ['of an amount that is none', [credit('CR1', '10.5')]],
    ['that is not there', []],
  ])('%s only says that the bank is to be asked', (_what, credits) => {
    expect(read(booked(credits))).toEqual({
      kind: 'attempt',
      event: 'EV5H1',
      reference: order.reference,
      answer: { kind: 'changed' },
    });
  });

  test('of an order as somebody else says it was is told as it is: the caller compares it', () => {
    const reading = read(booked([credit('CR1', '10.49')], { amount: '10.49' }));
    expect(reading).toMatchObject({ answer: { kind: 'approved', receipt: { amount: 1_049 } } });
  });
});

describe('a return', () => {
  test.each([
    ['booked', 'succeeded'],
    ['bounced', 'failed'],
    ['rejected', 'failed'],
  ])('that is %s has %s', (wire, status) => {
    expect(read(moved(wire, { reason_code: wire === 'booked' ? null : 'AC04' }))).toMatchObject({
      kind: 'refund',
      event: 'EV5H1',
      reference: back.reference,
      answer: { kind: 'refund', status, channel_reference: 'RT83Q', amount: 400, currency: 'EUR' },
    });
  });
});

test('the new key is believed while keys rotate', () => {
  const signing = { key: rotated.privateKey, keyid: 'bank-2' };
  const notice = notified('credit.booked', { virtual_account: accountWith([exact]) }, signing);
  expect(read(notice).kind).toBe('attempt');
});

test('what was signed long ago, or ahead, is stale; a stranger’s is forged, whatever it says', () => {
  for (const at of ['2026-11-29T16:39:59Z', '2026-11-29T16:50:01Z'])
    expect(read(sealed('{}', { at: new Date(at) })).kind).toBe('stale');
  for (const signing of [{ key: stranger.privateKey }, { keyid: 'customer-1' }, { keyid: 'constructor' }])
    for (const body of [booked([exact]).body.toString(), '{}', ''])
      expect(read(sealed(body, signing)).kind).toBe('forged');
}); // prettier-ignore

test('a reply of the bank is no callback, though it signed it', () => {
  const { headers, body } = booked([exact]);
  const { 'content-type': _, ...without } = headers;
  for (const type of [
    undefined,
    'text/plain',
    'application/json; charset=utf-8',
    'Application/json',
  ])
    expect(read({ headers: { ...without, 'content-type': type }, body }).kind).toBe('forged');
});

test.each([
  ['an event', notified('credit.booked', { virtual_account: accountWith([exact]) }, { change: { customer: 'CST2' } })],
  ['an account', booked([exact], { customer: 'CST2' })],
  ['a return', moved('booked', { customer: 'CST2' })],
])('%s of another customer is foreign', (_what, callback) => {
  expect(read(callback).kind).toBe('foreign');
}); // prettier-ignore

test('an event of tomorrow is no matter of ours yet', () => {
  for (const type of ['account.closed', 'constructor'])
    expect(read(notified(type, {}))).toMatchObject({ kind: 'irrelevant', event: 'EV5H1' });
});

test.each([
  ['no event', sealed('[]')],
  ['no json', sealed('{"id":"EV')],
  ['nothing', sealed('')],
  ['an empty id', notified('credit.booked', { virtual_account: accountWith([exact]) }, { change: { id: '' } })],
  ['no type', notified('', {})],
  ['a credit without its account', notified('credit.booked', {})],
  ['a credit with a return', notified('credit.booked', { return: returned('booked') })],
  ['an account with null members', booked([exact], { number: null, amount: null })],
  ['a return without itself', notified('return.booked', { virtual_account: accountWith([exact]) })],
  ['a return in no state', moved('booked', { status: 'parked' })],
  ['a return of no amount', moved('booked', { amount: '0.00' })],
])('genuine, but with %s, is meaningless', (_what, callback) => {
  expect(read(callback)).toEqual({ kind: 'meaningless', detail: expect.any(String) });
}); // prettier-ignore

test('whatever is signed, reading it never throws and invents no money', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, '', 0, -1, '__proto__', 'EUR', '10.50', '4.00', 'closed', 'bounced')); // prettier-ignore
  const changes = fc.dictionary(fc.constantFrom(...Object.keys({ ...accountWith(), ...returned(), ...exact })), odd, { maxKeys: 3 }); // prettier-ignore
  fc.assert(
    fc.property(changes, changes, fc.boolean(), (outer, inner, isCredit) => {
      const paid = { ...exact, ...inner } as any;
      const notice = isCredit ? booked([paid], outer) : moved('booked', outer);
      const told = JSON.parse(notice.body.toString());
      const reading = read(notice);
      if (reading.kind === 'attempt') {
        expect(reading.reference).toBe(told.virtual_account.number);
        if (reading.answer.kind !== 'approved') return expect(reading.answer.kind).toBe('changed');
        const [{ id, amount, currency }] = told.virtual_account.credits;
        expect([amount, currency]).toEqual([told.virtual_account.amount, told.virtual_account.currency]);
        return expect(reading.answer.receipt).toMatchObject({ channel_reference: id, currency });
      }
      if (reading.kind !== 'refund') return expect(['meaningless', 'foreign']).toContain(reading.kind);
      expect(reading).toMatchObject({ reference: told.return.number, answer: { currency: told.return.currency } });
    }),
    { numRuns: 1_000 },
  ); // prettier-ignore
});
