import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import type { Bench } from './payment.ts';
import { choiceOf } from './payment.ts';

/** What a merchant asks for on a walk, or his payment's time does. */
export type Deed =
  | { readonly act: 'cancel' | 'expire' | 'sync' | 'confirm' }
  | { readonly act: 'capture' | 'refund'; readonly amount: number | null; readonly is_final: boolean }; // prettier-ignore

/** Money that is taken or given back: all, a part, or more than there is. */
export const moneyDeed = fc.record({
  act: fc.constantFrom('capture', 'refund'),
  amount: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 2_100 })),
  is_final: fc.boolean(),
});

/** Does it to the payment of this bench; `method`: what its payer is asked to pay with anew. */
export function carryOut(bench: Bench, method: string, deed: Deed): void {
  switch (deed.act) {
    case 'cancel':
      return void bench.cancel();
    case 'expire':
      return void bench.expire();
    case 'sync':
      return void bench.tell({ kind: 'command', command: { name: 'sync' } });
    case 'confirm':
      return void bench.tell({
        kind: 'command',
        command: { name: 'confirm', choice: choiceOf(method) },
      });
    case 'capture':
    case 'refund':
      return ofMoney(bench, deed);
  }
}

function ofMoney(
  bench: Bench,
  { act, amount: asked, is_final }: Extract<Deed, { amount: unknown }>,
): void {
  const amount = asked === null ? null : toMinor(asked);
  const command =
    act === 'capture'
      ? { name: 'capture' as const, amount, is_final }
      : { name: 'refund' as const, amount, reason: null };
  bench.tell({ kind: 'command', command });
}

const mutating = ['create', 'confirm', 'close', 'capture', 'increment', 'void'];

/** Of these verbs those that change something at the channel: never two at a time. */
export function mutatingOf(verbs: readonly string[]): string[] {
  return verbs.filter((verb) => mutating.includes(verb));
}
