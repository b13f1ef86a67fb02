import type { CallbackReading } from '../channels/callback.ts';
import type { Channel } from '../channels/channel.ts';
import type { Evidence, Subject } from '../store/callback.ts';

/** What a callback says under a number of ours. */
export type Said =
  | Extract<CallbackReading, { kind: 'attempt' | 'capture' | 'refund' }>
  | Extract<CallbackReading, { kind: 'dispute'; reference: string }>;

/** Where it came in. */
interface Place {
  readonly channel: Channel;
  readonly account: string;
}

/** A callback that disagrees is no evidence; all that it says is that somebody should ask. */
export function evidenceOf(reading: Said, complaint: string | null): Evidence {
  const { kind: about, reference, answer } = reading;
  const order = orderOf(reading);
  if (complaint !== null && about === 'dispute')
    return { about: 'attempt', reference, answer: { kind: 'disagrees', detail: complaint } };
  const said = complaint === null ? answer : { kind: 'disagrees', detail: complaint };
  return { about, reference, ...(order === null ? {} : { order }), answer: said } as Evidence;
}

function orderOf(reading: Said): string | null {
  return (reading.kind === 'attempt' && reading.order) || null;
}

/** What is not as we asked for it (account, order, amount or currency), or null. */
export function disagreement(
  reading: Said,
  subject: Subject,
  { account, channel }: Place,
): string | null {
  const { answer } = reading;
  const isAsked = channel.facts.reported_after_ms === null; // else a notice is all that is ever told of another order
  const order = isAsked ? orderOf(reading) : null;
  if (subject.channel_account !== account)
    return `sent to ${account}, belongs to ${subject.channel_account}`;
  if (order !== null && !isKnown(order, subject))
    return `about the order ${order}, ours is ${subject.handle}`;
  if (answer.kind === 'disagrees') return answer.detail;
  if (answer.kind === 'dispute' && answer.currency === subject.currency) return null; // also of a part, or of more (decision 0050)
  const money = moneyOf(answer) ?? subject;
  if (money.amount === subject.amount && money.currency === subject.currency) return null;
  return `says ${money.amount} ${money.currency}, asked ${subject.amount} ${subject.currency}`;
}

function moneyOf(answer: Said['answer']): Pick<Subject, 'amount' | 'currency'> | null {
  switch (answer.kind) {
    case 'approved':
      return answer.receipt;
    case 'agreed':
      return answer.money ?? null;
    case 'refund':
    case 'authorised':
    case 'captured':
    case 'dispute':
      return answer;
    default:
      return null;
  }
}

/** Our own order, or one that the channel, when asked, said it took money under. Before ours has a number nothing is strange. */
function isKnown(order: string, { handle, receipts }: Subject): boolean {
  return handle === null || order === handle || receipts.includes(order);
}
