import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import type { QueryAnswer } from '../../src/domain/outcome.ts';
import { isFinal } from '../../src/domain/payment.ts';
import { verifyLedger } from '../../src/store/ledger.ts';
import type { StoredPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny, paid, qrCode } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

/** One thing that happens to a payment. */
type Step = { say: QueryAnswer } | { end: number } | 'cancel' | 'sync' | 'silent';

const saying: fc.Arbitrary<QueryAnswer> = fc.constantFrom<QueryAnswer>(
  { kind: 'open' },
  { kind: 'pending' },
  { kind: 'closed' },
  { kind: 'disagrees', detail: 'another order' },
  paid(),
  paid({ channel_reference: '4200002' }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  saying.map((say) => ({ say })),
  fc.nat(5).map((end) => ({ end })),
  fc.constantFrom<Step>('cancel', 'sync', 'silent'),
);

const refunded = {
  kind: 'refund',
  amount: toMinor(1_999),
  currency: cny,
  channel_reference: 'r',
} as const;

/** Ends the nth answer of the first open call, whatever it is. */
async function end(payment: StoredPayment, nth: number | 'silent'): Promise<void> {
  const open = payment.attempts
    .flatMap((attempt) => attempt.operations)
    .find((op) => op.ended === null);
  if (!open) return;
  const answers = {
    create: [
      qrCode,
      { kind: 'unknown', detail: 'timeout' },
      { kind: 'never_sent', detail: 'refused' },
    ],
    query: [paid(), { kind: 'open' }, { kind: 'closed' }],
    close: [{ kind: 'closed' }, { kind: 'refused', detail: 'ORDERPAID' }],
    refund: [
      { ...refunded, status: 'processing' },
      { ...refunded, status: 'succeeded' },
    ],
    query_refund: [
      { ...refunded, status: 'succeeded' },
      { ...refunded, status: 'needs_attention' },
    ],
  } as const;
  const fitting = answers[open.verb as keyof typeof answers];
  const answer = nth === 'silent' ? nth : fitting[nth % fitting.length]!;
  await record(shop.store, payment.id, {
    cause: open.id,
    fact: { kind: 'outcome', operation: open.id, answer },
  });
}

async function walk(id: string, taken: Step): Promise<void> {
  if (taken === 'cancel') await shop.cancel(id);
  else if (taken === 'silent') await end(await shop.load(id), taken);
  else if (taken === 'sync')
    await record(shop.store, id, {
      cause: randomUUID(),
      fact: { kind: 'command', command: { name: 'sync' } },
    });
  else if ('say' in taken) {
    const callback = await shop.stored(id, taken.say);
    const told = () =>
      record(shop.store, id, { cause: callback, fact: { kind: 'callback', callback } });
    await Promise.all([told(), told()]);
  } else await end(await shop.load(id), taken.end);
}

describe('whatever happens to a payment', () => {
  test('ledger, receipts, refunds, timeline and status tell the same story', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('accept' as const, 'refund' as const, 'hold' as const),
        async (steps, late_money) => {
          const { id } = await shop.create({ late_money });
          for (const one of steps) await walk(id, one);
          await agree(id);
        },
      ),
      { numRuns: 60 },
    );
    expect(await verifyLedger(shop.store.pool)).toMatchObject({ balanced: true });
  }, 120_000);

  /** Money by the row against money by the ledger, and the timeline without a gap. */
  async function agree(id: string): Promise<void> {
    const payment = await shop.load(id);
    const receipts = payment.attempts.flatMap((attempt) => attempt.receipts);
    const taken = total(receipts);
    const returned = total(payment.refunds.filter((refund) => refund.status === 'succeeded'));
    const order = total(receipts.filter((one) => one.use === 'order'));
    expect(await balances(id)).toEqual({
      channel_clearing: taken - returned,
      merchant_payable: 0 - order,
      payer_payable: order + returned - taken,
    });
    expect(payment.status === 'succeeded').toBe(order === payment.amount);
    expect(order === 0 || order === payment.amount).toBe(true);
    expect((await shop.timeline(id)).map((row) => row.sequence)).toEqual(
      times(payment.sequence, (i) => i + 1),
    );
    const claims = (await shop.everything(id))['order_claims'];
    expect(claims).toHaveLength(isFinal(payment.status) && payment.status !== 'succeeded' ? 0 : 1);
  }

  const total = (parts: readonly { amount: number }[]) =>
    parts.reduce((sum, { amount }) => sum + amount, 0);

  async function balances(id: string): Promise<Record<string, number>> {
    const found = await shop.store.pool.query<{ name: string; sum: number }>(
      `select a.name, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint as sum
       from ledger_entries e join ledger_accounts a on a.id = e.account_id
       join ledger_transactions t on t.id = e.transaction_id where t.payment_id = $1 group by a.name`,
      [id],
    );
    const none = { channel_clearing: 0, merchant_payable: 0, payer_payable: 0 };
    return { ...none, ...Object.fromEntries(found.rows.map((row) => [row.name, row.sum])) };
  }
});
