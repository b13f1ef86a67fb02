import type { SetupAnswer, SetupClosed, SetupCreated } from '../../domain/setup.ts';
import type { Call } from '../channel.ts';
import type { SetupOrder } from '../setup.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { isAboutState, refused, unavailable } from './order.ts';
import { get, post } from './request.ts';
import { parse } from './response.ts';
import { setupIntent, setupSaid, setupTold } from './setup-intent.ts';
import { methodNamed } from './way.ts';

const setups = '/v1/setup_intents';

/**
 * Makes a SetupIntent that nobody has confirmed. It belongs to no customer of Stripe's: one is made by `keep`, for those alone whose bank has
 * agreed (docs.stripe.com/payments/save-and-reuse).
 */
export async function setup(call: Call<Account>, asked: SetupOrder): Promise<SetupCreated> {
  const spoken = await post(call, setups, asked.channel_key, {
    'payment_method_types[]': asked.method,
    usage: 'off_session',
    'metadata[reference]': asked.reference,
  });
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind === 'refused') return { kind: 'declined', failure: failureFrom(spoken.error) };
  if (spoken.kind !== 'done') return spoken;
  const made = read(setupIntent, spoken.body);
  if (!made) return unclear('200 without a readable setup');
  const answer = setupTold(made, call.account, asked);
  if (answer.kind === 'disagrees') return unclear(answer.detail);
  return { kind: 'created', handle: made.id };
}

/** Has the card's bank agree to later payments without its holder. Throws without number or card token, a bug. */
export async function confirmSetup(call: Call<Account>, asked: SetupOrder): Promise<SetupAnswer> {
  if (asked.token === null) throw new Error(`${asked.reference} has no token`);
  const spoken = await post(call, `${addressOfSetup(asked)}/confirm`, asked.channel_key, {
    ...methodNamed(asked.token),
    return_url: asked.return_url,
  });
  if (spoken.kind === 'done') return setupSaid(spoken.body, call.account, asked);
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind !== 'refused') return spoken;
  if (!isAboutState(spoken.error)) return { kind: 'declined', failure: failureFrom(spoken.error) };
  const stood = parse(setupIntent, spoken.error.setup_intent); // such a refusal comes with the SetupIntent itself
  return stood ? setupTold(stood, call.account, asked) : unclear(spoken.detail);
}

/** Asks how it stands. */
export async function querySetup(call: Call<Account>, asked: SetupOrder): Promise<SetupAnswer> {
  const spoken = await get(call, addressOfSetup(asked));
  if (spoken.kind === 'done') return setupSaid(spoken.body, call.account, asked);
  return unclear(spoken.detail);
}

/** Ends it. A refusal means: ask, its payer was probably faster. */
export async function closeSetup(call: Call<Account>, asked: SetupOrder): Promise<SetupClosed> {
  const spoken = await post(call, `${addressOfSetup(asked)}/cancel`, asked.channel_key, {});
  if (spoken.kind === 'refused') return refused(spoken);
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'done') return spoken;
  const { kind } = setupSaid(spoken.body, call.account, asked);
  return kind === 'closed' ? { kind } : unclear(`canceled, and it is ${kind}`);
}

/** The SetupIntent's place at Stripe. Throws without its number, a bug: it is recorded before it is spoken of. */
export function addressOfSetup({ handle, reference }: SetupOrder): string {
  if (handle === null) throw new Error(`${reference} has no number at Stripe yet`);
  return `${setups}/${encodeURIComponent(handle)}`;
}
