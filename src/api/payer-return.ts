import type { Request, Response } from 'express';

import type { Channel } from '../channels/channel.ts';
import type { PayerReturn } from '../channels/payer-return.ts';
import { isId } from '../domain/id.ts';
import type { Line } from '../line.ts';
import { findReturned, keepReturn, type ReturnedAttempt } from '../store/payer-return.ts';
import { logger } from '../telemetry.ts';
import type { Dependencies } from './dependencies.ts';
import { Problem } from './problem.ts';
import { handled } from './request.ts';

/** Tells the actor of a payment that a callback came. */
type Tell = (payment_id: string, callback: string) => void;

/**
 * `GET /v1/callbacks/{channel}/{account}`: the payer's browser comes back from where his channel sent him. What he brings is kept for
 * his payment, and he goes on to the shop. Nothing of it is signed: whatever it is, he goes on, and only the channel says
 * what it is worth (decision 0030). Answers 303; 404 where nobody of ours was sent away, 429 to a flood.
 */
export function payerReturned(dependencies: Dependencies, places: Line, tell: Tell) {
  return handled(async (request: Request, response: Response) => {
    const channel = dependencies.channelFor(String(request.params['channel']));
    if (!channel?.readReturn) throw nobody();
    const leave = await places.enter(channel.slug);
    if (!leave) throw new Problem('rate_limited', 'too many payers come back', {}, { 'Retry-After': '1' }); // prettier-ignore
    try {
      await goOn(dependencies, channel, request, response, tell);
    } finally {
      leave();
    }
  });
}

async function goOn(
  dependencies: Dependencies,
  { slug, readReturn }: Channel,
  request: Request,
  response: Response,
  tell: Tell,
): Promise<void> {
  const account = String(request.params['account']);
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  const brought = readReturn?.(Object.fromEntries(query)) ?? null;
  const found = brought && isId('cha', account) && (await findReturned(dependencies.store, brought.reference, slug, account)); // prettier-ignore
  if (!found) throw nobody();
  await keep(dependencies, found, { channel: slug, channel_account: account }, brought, tell);
  response.set('Cache-Control', 'no-store').set('Referrer-Policy', 'no-referrer');
  response.redirect(303, found.return_url ?? `${dependencies.config.publicUrl}/return`);
}

function nobody(): Problem {
  return new Problem('not_found', 'nobody is waited for here');
}

async function keep(
  { store }: Dependencies,
  found: ReturnedAttempt,
  place: { readonly channel: string; readonly channel_account: string },
  { returned }: PayerReturn,
  tell: Tell,
): Promise<void> {
  const { payment_id, id: reference, is_awaited } = found;
  const callback = returned === null || !is_awaited ? null : await keepReturn(store, found, place, returned); // prettier-ignore
  logger.info({ payment_id, reference, callback_id: callback }, callback ? 'the payer is back' : 'the payer is back, with nothing new'); // prettier-ignore
  if (callback !== null) tell(payment_id, callback);
}
