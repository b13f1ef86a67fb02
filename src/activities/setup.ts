import type { Call, Channel } from '../channels/channel.ts';
import type { SetupOrder } from '../channels/setup.ts';
import { failureOf } from '../domain/failure.ts';
import { abandoned, failed, setupAfter, type SetupStep, stepNow } from '../domain/setup.ts';
import { leaseOf } from '../store/due-lease.ts';
import { type DueSetup, keptSetup, leaseSetups, writeSetup } from '../store/due-setup.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { createUnfencedCalls, nextTryIn } from './unfenced-call.ts';

interface SetupDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
  /** Where the payer goes back to when the merchant named nothing. */
  readonly returnUrl: string;
}

/** Nobody is asked for longer: a call whose outcome stays unknown so long keeps nothing that could be paid with. */
const monthMs = 30 * 86_400_000;

/** To make, to confirm, to ask how that ended and to keep: then it may wait. */
const callsMax = 4;

/**
 * Sets up what customers let be kept without a payment, call by call, each after the end of the one before is written (decision 0043).
 * No money moves: a row is due until its channel has answered, as with what payments have kept.
 *
 * @returns looks once at all that is due
 */
export function createSetups({
  store,
  channelFor,
  returnUrl,
}: SetupDependencies): () => Promise<void> {
  const calls = createUnfencedCalls(store);

  const attend = async (leased: DueSetup): Promise<void> => {
    const channel = channelFor(leased.channel);
    if (!channel) throw new Error(`no channel '${leased.channel}' in this build`);
    const call = await calls(channel, leased, () => Promise.resolve()); // its exchanges belong to no payment's timeline
    let due: DueSetup | null = leased;
    for (let count = 0; due && count < callsMax; count += 1)
      due = await goOn(store, channel, call, due, { returnUrl, isLast: count === callsMax - 1 });
  };

  return async () => {
    const left = (id: unknown, err: unknown) => {
      logger.warn({ payment_method: id, err }, 'a setup could not be attended to');
    };
    const due = await leaseSetups(store, left);
    const ends = await Promise.allSettled(due.map(attend));
    ends.forEach((end, i) => {
      if (end.status === 'rejected') left(due[i]?.id, end.reason);
    });
  };
}

/** One call and what is written of it. The setup as it stands then where more can be done at once, else null. */
async function goOn(
  store: Store,
  channel: Channel,
  call: Call<unknown>,
  due: DueSetup,
  { returnUrl, isLast }: { readonly returnUrl: string; readonly isLast: boolean },
): Promise<DueSetup | null> {
  const { id, is_over } = due;
  const step = due.age_ms > monthMs ? 'fail' : stepNow(due, is_over);
  if (step === null) return null;
  if (step === 'fail') {
    await writeSetup(store, due, failed(due, abandoned(due)), 0);
    return null;
  }
  const answer = await answered(channel, call, step, orderOf(due, step, returnUrl));
  logger.info({ payment_method: id, step, answer: answer.kind, ...detailOf(answer) }, 'a setup');
  if (answer.kind === 'kept') {
    await keptSetup(store, due, answer.token, answer.card);
    return null;
  }
  const after = setupAfter(due, step, answer, is_over);
  const goesOn = !isLast && !waits(step, answer.kind, after.step);
  const isMine = await writeSetup(
    store,
    due,
    after,
    goesOn ? leaseOf(store) : nextTryIn(due.age_ms),
  );
  return isMine && goesOn ? { ...due, ...after, moves: due.moves + 1 } : null;
}

/** Is it for the payer or the channel to do something, or is there nothing left to do? */
function waits(step: SetupStep, answer: string, next: SetupStep | null): boolean {
  const isTheirs = answer === 'action_required' || answer === 'pending';
  return next === null || next === step || (isTheirs && next === 'query');
}

function detailOf(answer: object) {
  return 'detail' in answer ? { detail: answer.detail } : {};
}

async function answered(channel: Channel, call: Call<unknown>, step: SetupStep, order: SetupOrder) {
  switch (step) {
    case 'create':
      return (await channel.setup?.(call, order)) ?? unserved;
    case 'confirm':
      return (await channel.confirmSetup?.(call, order)) ?? unserved;
    case 'query':
      return (await channel.querySetup?.(call, order)) ?? unserved;
    case 'close':
      return (await channel.closeSetup?.(call, order)) ?? unserved;
    case 'keep':
      return (await channel.keep?.(call, { payment_method: order.reference, setup: order })) ?? unserved; // prettier-ignore
  }
}

/** A channel of an older build that served it once. */
const unserved = {
  kind: 'declined',
  failure: failureOf('channel_unavailable', { code: null, message: null }),
} as const;

const names = { create: 'setup', confirm: 'confirm', query: 'query', close: 'close', keep: 'keep' };

function orderOf(due: DueSetup, step: SetupStep, returnUrl: string): SetupOrder {
  const { id, type, handle, token, return_url, key_number } = due;
  const name = `${id}.${names[step]}`;
  return {
    method: type,
    reference: id,
    channel_key: key_number === 0 ? name : `${name}.${key_number}`,
    handle,
    token: step === 'confirm' ? token : null,
    return_url: return_url ?? returnUrl,
  };
}
