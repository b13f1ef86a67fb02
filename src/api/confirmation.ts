import { paymentObject } from '../domain/payment-object.ts';
import { isStable } from '../domain/view.ts';
import { insertMethodRequest } from '../store/method-request.ts';
import { order } from './command.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Asked } from './endpoint.ts';
import type { Key } from './idempotency-key.ts';
import { owned } from './owned.ts';
import type { Method } from './payment-schema.ts';
import { fieldProblem } from './problem.ts';
import { choiceFor } from './route.ts';

type Confirmation = Asked<{ method: Method; wait: number }, unknown> & { readonly key: Key };

/**
 * `POST …/confirm`: stores what the payer chose, for a token must not travel through a history, has the actor
 * record the command, and waits for the first stable state.
 */
export async function confirm(dependencies: Dependencies, asked: Confirmation): Promise<Answer> {
  const { store, waiting } = dependencies;
  const { caller, body, key } = asked;
  const payment = await owned(store, caller, asked.id);
  if (payment.capture === 'manual' && body.method.type !== 'card') {
    const detail = 'this method is captured automatically';
    throw fieldProblem([{ pointer: '/method/type', code: 'capture_mode_not_supported', detail }]);
  }
  const choice = await choiceFor(dependencies, caller, body.method, payment.currency);
  await insertMethodRequest(store.pool, key.cause, payment.id, choice);
  const headers = await order(dependencies, asked, payment, { name: 'confirm' });
  const after = await waiting.until(payment.id, isStable, body.wait * 1_000);
  const shown = after ?? payment;
  return { body: paymentObject(shown, shown.details), headers };
}
