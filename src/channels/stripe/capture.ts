import { sum } from '../../domain/money.ts';
import type { CaptureAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { CaptureOrder } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { addressOf, isAboutState, orderSaid, refused } from './order.ts';
import { expanded } from './payment-intent.ts';
import { post } from './request.ts';

/** Takes a part of what is held, or all of it. The answer is the hold's total, whichever capture it came from. */
export async function capture(call: Call<Account>, order: CaptureOrder): Promise<CaptureAnswer> {
  const spoken = await post(call, `${addressOf(order)}/capture`, order.channel_key, {
    amount_to_capture: order.capture_amount,
    final_capture: isLast(order),
    ...expanded,
  });
  if (spoken.kind === 'done') {
    const answer = orderSaid(spoken.body, call.account, order);
    if (answer.kind === 'held' || answer.kind === 'unknown') return answer;
    return unclear(`captured, and it is ${answer.kind}`);
  }
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  if (isAboutState(spoken.error)) return refused(spoken);
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** Nothing stays held: so a card that allows one capture only takes a full one as well. */
function isLast({ amount, captured_before, capture_amount, is_final }: CaptureOrder): boolean {
  return is_final || sum([captured_before, capture_amount]) >= amount;
}
