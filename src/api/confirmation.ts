import { countsOf } from '../domain/limit-count.ts';
import { paymentObject } from '../domain/payment-object.ts';
import { payingBy } from '../domain/rule.ts';
import { isStable } from '../domain/view.ts';
import type { Caller } from '../store/api-key.ts';
import { countConfirmation } from '../store/limit-count.ts';
import { order } from './command.ts';
import { customerErrors } from './customer.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Asked, Examination } from './endpoint.ts';
import { isRepeat, type Key } from './idempotency-key.ts';
import { type Market, marketOf } from './market.ts';
import {
  captureErrors,
  currencyErrors,
  methodErrors,
  pauseErrors,
  topUpErrors,
  walletOwnerErrors,
} from './method-error.ts';
import { owned } from './owned.ts';
import { wrongFields } from './parsing.ts';
import type { Method } from './payment-schema.ts';
import { choiceOf } from './route.ts';
import { refusalErrors, ruleErrors } from './rule-error.ts';
import { agree, consentOf, savedErrors } from './saved-method.ts';
import { reached } from './timing.ts';
import { confirmOwner } from './wallet-pin.ts';

type Confirmation = Asked<{ method: Method; wait: number }, unknown, Market> & {
  readonly key: Key;
};

/** The amount stands in the payment: what is against it is against the method now. */
const places = { method: '/method/type', amount: '/method/type' } as const;

/** Is there anybody who serves the method? */
export async function examineConfirmation(
  dependencies: Dependencies,
  caller: Caller,
  { method }: { method?: Method | undefined },
): Promise<Examination<Market>> {
  const market = await marketOf(dependencies, caller, method);
  return { errors: method ? methodErrors(market.serving, method) : [], found: market };
}

/**
 * `POST …/confirm`: has the actor record what the payer chose, and waits for the first stable state.
 */
export async function confirm(dependencies: Dependencies, asked: Confirmation): Promise<Answer> {
  const { store } = dependencies;
  const { caller, body, key, found } = asked;
  const payment = await owned(store, caller, asked.id);
  const { serving } = found;
  const { capture, currency, wallet_id, details } = payment;
  const customerId = details.customer?.['id'];
  const consent = consentOf(body.method);
  const paying = payingBy(body.method.type, details.customer, payment);
  const errors = [
    ...captureErrors('/method/type', serving, body.method, capture),
    ...currencyErrors('/method/type', serving, body.method, currency),
    ...pauseErrors(found, paying),
    ...savedErrors(serving, body.method, customerId),
    ...(consent ? await customerErrors(dependencies, '/method/save', caller, customerId) : []),
    ...walletOwnerErrors('/method/type', body.method, customerId),
    ...(wallet_id === null ? ruleErrors(places, found, paying) : []),
    ...(wallet_id === null ? [] : topUpErrors(body.method)),
  ];
  if (errors.length > 0 && !(await isRepeat(store, key))) throw wrongFields(errors);
  const choice = choiceOf(store, caller, found, body.method, paying); // null only of a repeat, which has its own
  const isWallet = body.method.type === 'balance';
  if ((isWallet || consent) && !(await isRepeat(store, key))) {
    await confirmOwner(store, body.method, customerId);
    if (consent) await agree(store, caller, body.method, choice, customerId);
  }
  if (found.rules && wallet_id === null) {
    const trying = { method: paying.method, confirmation: key.cause };
    const beyond = await countConfirmation(store, payment, countsOf(found.rules, paying), trying);
    if (beyond.length > 0 && !(await isRepeat(store, key)))
      throw wrongFields(refusalErrors(places, beyond));
  }
  const headers = await order(dependencies, asked, payment, { name: 'confirm', choice });
  const after = await reached(dependencies, asked.timing, payment, isStable, body.wait * 1_000);
  return { body: paymentObject(after, after.details), headers };
} // prettier-ignore
