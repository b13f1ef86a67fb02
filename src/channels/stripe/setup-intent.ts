import { z } from 'zod';

import type { SetupAnswer } from '../../domain/setup.ts';
import type { SetupOrder } from '../setup.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import { type Account, isLive } from './account.ts';
import { failureFrom, wireFailure } from './failure.ts';
import { actionOf, wireAction } from './next-action.ts';
import { metadata } from './response.ts';

/** A SetupIntent (docs.stripe.com/api/setup_intents): a payer lets his card be kept, and nothing is paid. */
export const setupIntent = z.object({
  id: z.string().regex(/^seti_\w+$/),
  object: z.literal('setup_intent'),
  status: z.string(),
  livemode: z.boolean(),
  metadata,
  last_setup_error: wireFailure.nullish(),
  next_action: wireAction.nullish(),
});
type SetupIntent = z.infer<typeof setupIntent>;

/** What a reply with a SetupIntent in it says of ours; of another one or another account it disagrees. */
export function setupSaid(body: string, account: Account, setup: SetupOrder): SetupAnswer {
  const found = read(setupIntent, body);
  return found ? setupTold(found, account, setup) : unclear('200 without a readable setup');
}

/** The same of a SetupIntent that was read. */
export function setupTold(found: SetupIntent, account: Account, setup: SetupOrder): SetupAnswer {
  const { reference, handle } = setup;
  const isOurs = found.metadata['reference'] === reference && found.id === (handle ?? found.id);
  if (isOurs && found.livemode === isLive(account)) return stateOf(found);
  const said = `${found.id} of ${String(found.metadata['reference'])}, livemode ${found.livemode}`;
  return { kind: 'disagrees', detail: `asked about ${handle} of ${reference}, told ${said}` };
}

function stateOf(found: SetupIntent): SetupAnswer {
  switch (found.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      if (!found.last_setup_error) return { kind: 'open' };
      return { kind: 'declined', failure: failureFrom(found.last_setup_error) };
    case 'requires_action':
      return actionOf(found.next_action);
    case 'processing':
      return { kind: 'pending' };
    case 'succeeded':
      return { kind: 'set_up' };
    case 'canceled':
      return { kind: 'closed' };
    default:
      return { kind: 'unknown', detail: `status '${found.status}' is not known` };
  }
}
