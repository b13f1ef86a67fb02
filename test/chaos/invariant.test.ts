import { ledgerAgrees, unchanged } from '../../chaos/invariant/ledger.ts';
import { agreed, retrievable, withinBounds } from '../../chaos/invariant/money.ts';
import { nothingOpen, runsMatch } from '../../chaos/invariant/quiet.ts';
import { walletsAgree } from '../../chaos/invariant/wallet.ts';
import { evidence } from './evidence.ts';

const found = (differs?: Parameters<typeof evidence>[0]) => {
  const all = evidence(differs);
  const judges = [
    retrievable,
    agreed,
    withinBounds,
    ledgerAgrees,
    walletsAgree,
    nothingOpen,
    runsMatch,
  ];
  return judges.flatMap((judge) => judge(all)).map(({ invariant }) => invariant);
};
const violation = { channel: 'stripe', reference: 'att_1', rule: 'second_confirm', detail: '' };

describe('the auditor', () => {
  test('has nothing to say where everybody agrees', () => {
    expect(found()).toEqual([]);
  });

  test.each([
    ['I1: a payment that was promised and is not final', { payment: { status: 'processing' }, runs: { open: ['pay_1'], broken: [] } }, 'I1'],
    ['I1: a payment that was promised and is not there', { order: { payment: 'pay_2' } }, 'I1'],
    ['I2: a payer who was charged twice', { entry: { paid_count: 2, captured: 3_998 } }, 'I2'],
    ['I2: money that the product does not know of', { payment: { attempts: [] } }, 'I2'],
    ['I2: a refund that was accepted and never made', { payment: { amount_refunded: 0 }, entry: { refunded: 0 } }, 'I2'],
    ['I3: a canceled payment whose money was kept', { payment: { status: 'canceled' } }, 'I3'],
    ['I3: a payment that is paid with less than its amount', { payment: { amount_captured: 1_998 }, entry: { captured: 1_998 } }, 'I3'],
    ['I3: a payment that ended as its story cannot', { order: { ends: ['canceled'] } }, 'I3'],
    ['I4: more given back than taken', { entry: { refunded: 2_000 } }, 'I4'],
    ['I4: what the channel had to refuse', { books: { transactions: [], violations: [violation] } }, 'I4'],
    ['I5: a clearing account that is one unit off', { ledger: { ...evidence().ledger, clearing: { 'wechat-pay CNY': 1_498 } } }, 'I5'],
    ['I5: an unbalanced posting', { ledger: { ...evidence().ledger, unbalanced: ['ltx_1'] } }, 'I5'],
    ['I5: a ledger that its owner can change', { ledger: { ...evidence().ledger, changeable: ['delete from ledger_entries'] } }, 'I5'],
    ['I5: a wallet that is not what its account says', { wallets: { entries: [], wrong: [{ wallet: 'wal_1', what: 'was below zero' }] } }, 'I5'],
    ['I6: a refund that goes on for ever', { refund: { status: 'processing' }, runs: { open: ['pay_1'], broken: [] } }, 'I6'],
    ['I6: a case that no story has seeded', { cases: [{ id: 'case_1', payment_id: 'pay_1', kind: 'conflict', status: 'open' }] }, 'I6'],
    ['I9: a refund that nobody asked for', { order: { refunds: [] } }, 'I9'],
    ['I12: a run of a payment that owes nothing', { runs: { open: ['pay_1'], broken: [] } }, 'I12'],
    ['I12: a refund that no run looks after', { refund: { status: 'processing' } }, 'I12'],
    ['I12: a run that failed', { runs: { open: [], broken: ['pay_1'] } }, 'I12'],
  ])('sees %s', (_title, differs, invariant) => {
    expect(found(differs)).toContain(invariant);
  }); // prettier-ignore

  test('I12: a run may still sleep whose Temporal has not heard of the end', () => {
    expect(
      runsMatch(evidence({ isOutOfTouch: true, runs: { open: ['pay_1'], broken: [] } })),
    ).toEqual([]);
  });

  test('does not mind what faults do to acknowledgements', () => {
    const harmless = { ...violation, rule: 'missing_ack' };
    expect(withinBounds({ books: { transactions: [], violations: [harmless] } })).toEqual([]);
  });

  test('I5: sees a row that was changed and one that is gone', () => {
    const then = new Map([['a', '1'], ['b', '2'], ['c', '3']]); // prettier-ignore
    const now = new Map([['a', '1'], ['b', '9'], ['d', '4']]); // prettier-ignore
    expect(unchanged(then, now).map(({ subject, detail }) => [subject, detail])).toEqual([
      ['b', 'was changed'],
      ['c', 'is gone'],
    ]);
  });
});
