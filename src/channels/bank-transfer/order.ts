import type { CloseAnswer, CreateAnswer, QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { toWire } from './money.ts';
import { speak } from './request.ts';
import { virtualAccount } from './response.ts';
import { answerOf, disagreement } from './virtual-account.ts';

/** Makes the virtual account that the payer transfers to. A resend is answered with it as it stands. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const spoken = await speak(call, 'PUT', placeOf(order), {
    customer: call.account.customer,
    amount: toWire(order),
    currency: order.currency,
    expires_at: inSeconds(order.expires_at),
    description: atMost(140, order.description),
    notify_url: order.notify_url,
  });
  if (spoken.kind === 'done') return transferTo(spoken.body, call.account, order);
  if (spoken.kind !== 'refused') return spoken;
  // There is one under this number: what became of it is asked.
  if (spoken.error.code === 'NUMBER_CONFLICT') return unclear(spoken.detail);
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** Also one to which some was credited already: that is told when it is asked. */
function transferTo(body: string, account: Account, order: Order): CreateAnswer {
  const made = read(virtualAccount, body);
  if (!made) return unclear('without a readable virtual account');
  const doubt = disagreement(made, account, order);
  if (doubt) return unclear(doubt.detail);
  if (made.status !== 'open') return unclear(`made, and it is '${made.status}'`);
  const { iban, bic, holder, creditor_reference: reference } = made;
  const next_action = { type: 'await_transfer', bank_account: { iban, bic, holder }, reference } as const; // prettier-ignore
  return { kind: 'action_required', next_action, code_ends_at: null };
}

/** Asks what was credited under our number. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const spoken = await speak(call, 'GET', placeOf(order));
  if (spoken.kind === 'refused' && spoken.error.code === 'VIRTUAL_ACCOUNT_UNKNOWN')
    return { kind: 'not_found' };
  if (spoken.kind !== 'done') return unclear(spoken.detail);
  const found = read(virtualAccount, spoken.body);
  if (!found) return unclear('without a readable virtual account');
  return disagreement(found, call.account, order) ?? answerOf(found, call.account);
}

/** Closes the account, whatever was credited to it: what it took, and that it takes no more, the next question tells. */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const { customer } = call.account;
  const spoken = await speak(call, 'POST', `${placeOf(order)}/closure`, { customer });
  if (spoken.kind === 'refused') return { kind: 'refused', detail: spoken.detail };
  if (spoken.kind !== 'done') return spoken;
  const found = read(virtualAccount, spoken.body);
  if (found?.number !== order.reference) return unclear('without a readable virtual account');
  return found.status === 'closed' ? { kind: 'closed' } : unclear(`closed, and it is '${found.status}'`); // prettier-ignore
}

function placeOf({ reference }: Order): string {
  return `/v1/virtual-accounts/${reference}`;
}

/** RFC 3339 without a fraction, as the bank wants it. */
function inSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
