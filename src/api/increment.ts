import { openChange } from '../domain/hold-change.ts';
import { countsOf, isOfMoney } from '../domain/limit-count.ts';
import { toMinor } from '../domain/money.ts';
import { paymentObject } from '../domain/payment-object.ts';
import { payingBy } from '../domain/rule.ts';
import { isStable } from '../domain/view.ts';
import type { Caller } from '../store/api-key.ts';
import { lookAtLimits } from '../store/limit-count.ts';
import type { StoredPayment } from '../store/payment.ts';
import { rulesInForce } from '../store/rule-set.ts';
import { order } from './command.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Asked } from './endpoint.ts';
import { isRepeat } from './idempotency-key.ts';
import { owned } from './owned.ts';
import { wrongFields } from './parsing.ts';
import type { FieldError } from './problem.ts';
import { refusalErrors, ruleErrors } from './rule-error.ts';
import { reached } from './timing.ts';

/** `POST …/increment_authorization`: has the actor raise what is held, and waits for the channel's word (decision 0036). */
export async function increment(
  dependencies: Dependencies,
  asked: Asked<{ readonly amount: number; readonly wait: number }, unknown>,
): Promise<Answer> {
  const { store } = dependencies;
  const { amount, wait } = asked.body;
  const payment = await owned(store, asked.caller, asked.id);
  const errors = await limitErrors(dependencies, asked.caller, payment, amount);
  if (errors.length > 0 && !(await isRepeat(store, asked.key))) throw wrongFields(errors);
  const command = { name: 'increment', amount: toMinor(amount) } as const;
  const headers = await order(dependencies, asked, payment, command);
  const after = await reached(dependencies, asked.timing, payment, isUnchanging, wait * 1_000);
  return { body: paymentObject(after, after.details), headers };
}

/** What was done to the hold has ended, and so has what it set in motion. */
export function isUnchanging(payment: StoredPayment): boolean {
  return isStable(payment) && openChange(payment) === undefined;
}

/** A limit of the app's binds the new total as it would have bound a payment of it. */
async function limitErrors(
  { store }: Dependencies,
  caller: Caller,
  { method, details, ...terms }: StoredPayment,
  amount: number,
): Promise<FieldError[]> {
  if (method === null) return [];
  const rules = await rulesInForce(store.pool, caller);
  if (rules === null) return [];
  const paying = payingBy(method, details.customer, { ...terms, amount });
  const counts = countsOf(rules, { ...paying, amount: amount - terms.amount });
  const beyond = await lookAtLimits(store.pool, terms, counts.filter(({ measure }) => isOfMoney(measure)));
  return [
    ...ruleErrors(places, { rules }, paying).filter(({ code }) => code === 'amount_above_limit'),
    ...refusalErrors(places, beyond),
  ];
} // prettier-ignore

/** Only the amount is asked for: no method is named. */
const places = { method: '', amount: '/amount' } as const;
