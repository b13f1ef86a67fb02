import fc from 'fast-check';

import { isLive } from '../../src/domain/attempt.ts';
import type { FailureCode } from '../../src/domain/failure.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { isFinal, outcomeOf } from '../../src/domain/payment.ts';
import { Accounts, type How } from '../support/accounts.ts';
import { backup, Bench } from '../support/payment.ts';
import { carryOut, type Deed } from '../support/walk.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 1_500);

type Step =
  | Deed
  | { readonly act: 'wait' | 'arrive' }
  | { readonly act: 'weather'; readonly why: FailureCode | null }
  | { readonly act: 'notice' | 'begin'; readonly nth: number }
  | { readonly act: 'end'; readonly nth: number; readonly how: How }; // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cancel', 'expire', 'sync', 'confirm', 'wait', 'arrive') }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('weather' as const), why: fc.constantFrom<FailureCode | null>(null, 'processing_error', 'channel_unavailable', 'card_declined') }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('notice', 'begin'), nth: fc.nat(3) }) },
  { weight: 8, arbitrary: fc.record({ act: fc.constant('end' as const), nth: fc.nat(3), how: fc.constantFrom<How>('answered', 'answered', 'lost after', 'lost before', 'lost late', 'refused', 'refused') }) },
); // prettier-ignore

function walk(bench: Bench, accounts: Accounts, taken: Step): void {
  bench.now += 1_000;
  accounts.arrive('due');
  switch (taken.act) {
    case 'weather':
      return accounts.decline(taken.why);
    case 'wait':
      bench.now += 120_000;
      return accounts.arrive('due');
    case 'arrive':
      return accounts.arrive('all');
    case 'notice':
      return accounts.tell(taken.nth);
    case 'begin':
    case 'end': {
      const open = bench.openOperations();
      const op = open[taken.nth % Math.max(1, open.length)];
      if (op && taken.act === 'end') accounts.end(op, taken.how);
      else if (op) accounts.begin(op);
      return;
    }
    default:
      carryOut(bench, 'card', taken);
  }
}

/** The attempt after which this payment went on by itself with its last step. */
function passedOver(before: Bench['payment'], { attempts }: Bench['payment']) {
  const last = attempts.at(-1);
  if (!last?.routing?.backup_of || attempts.length === before.attempts.length) return undefined;
  return attempts.find(({ id }) => id === last.routing?.backup_of);
}

function always(before: Bench['payment'], bench: Bench, accounts: Accounts): void {
  const { payment } = bench;
  expect(payment.attempts.filter(isLive).length).toBeLessThan(2);
  expect(payment.attempts.length).toBeLessThanOrEqual(payment.max_attempts);
  expect(accounts.taken).toBeLessThanOrEqual(1_999); // of all accounts together
  const dead = passedOver(before, payment);
  if (!dead) return;
  expect(before.status).toBe('processing'); // nobody was told that it waits for the payer, or is over
  expect(accounts.mayTake(dead)).toBe(false);
  expect(dead.operations.every(({ ended }) => ended !== null)).toBe(true);
  expect([payment.status, outcomeOf(payment)]).toEqual(['processing', 'known']);
}

/** Everything is told and answered from now on. */
function quiesce(bench: Bench, accounts: Accounts): void {
  for (let turns = 0; turns < 200; turns += 1) {
    bench.now += 70_000;
    accounts.arrive('due');
    accounts.tellAll();
    const first = (a: Operation, b: Operation) => a.run_at - b.run_at;
    const [op] = bench.openOperations().sort(first);
    if (!op) return;
    const isQuestion = op.verb.startsWith('query');
    bench.now = Math.max(bench.now, op.run_at, isQuestion ? (op.settles_at ?? 0) : 0);
    accounts.end(op, 'answered');
  }
  throw new Error(`no rest: ${bench.verbs().join(', ')} of ${bench.payment.status}`);
}

/** By their channels: where an order is confirmed, and where it charges as it is made. */
const orders = [
  ['card', ['adyen', 'stripe']],
  ['card', ['stripe', 'adyen']],
  ['ideal', ['stripe', 'adyen']],
] as const;

test.each(orders)('a payment by %s with backups at %s is never at two channels at once, and taken once at most', (method, channels) => {
  let moves = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const backups = channels.map((channel, at) => backup(channel, `cha_${at + 2}`));
      const bench = new Bench({ method, backups });
      const accounts = new Accounts(bench);
      for (const taken of steps) {
        const before = bench.payment;
        walk(bench, accounts, taken);
        always(before, bench, accounts);
        if (passedOver(before, bench.payment)) moves += 1;
      }
      quiesce(bench, accounts);
      expect(accounts.taken).toBeLessThanOrEqual(1_999);
      expect(bench.balance('channel_clearing')).toBe(accounts.balance);
      expect(bench.payment.cases).toEqual([]);
      expect(bench.payment.status === 'succeeded').toBe(isFinal(bench.payment.status) && bench.payment.paid_by !== null);
    }),
    { numRuns },
  );
  expect(moves).toBeGreaterThan(numRuns / 10); // the walks are about something
}); // prettier-ignore
