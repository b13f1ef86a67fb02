import type { CallbackReading, Verdict } from '../channels/callback.ts';
import type { Channel } from '../channels/channel.ts';
import { redactCardNumbers } from '../domain/card-number.ts';
import { isId } from '../domain/id.ts';
import { isFinal } from '../domain/payment.ts';
import { faultPoint } from '../fault-point.ts';
import {
  attemptUnderNumber,
  insertCallback,
  type NewCallback,
  type Subject,
  subjectOf,
} from '../store/callback.ts';
import { receiveAtRest, type Reception } from '../store/callback-reception.ts';
import { hearSetup, setupUnder } from '../store/due-setup.ts';
import { loadPayment } from '../store/payment-row.ts';
import { insertReport } from '../store/report.ts';
import { logger, warnOfUnmapped } from '../telemetry.ts';
import { disagreement, evidenceOf, type Said } from './callback-evidence.ts';
import { keepable } from './callback-reading.ts';
import type { Dependencies } from './dependencies.ts';
import { countUnmapped } from './metrics.ts';

/** A callback that was read: to which account it was sent, and what it says. */
export interface Received {
  readonly channel: Channel;
  readonly account: string;
  readonly reading: CallbackReading;
  readonly body: Buffer;
}

/** What names no number of ours. */
type NamedByChannel = Extract<CallbackReading, { kind: 'dispute' | 'bounced'; order: string }>;

/**
 * What becomes of a callback (contract section 4). One that is not believed leaves only a line in the log;
 * one that disagrees or is about nothing of ours is stored and refused; the rest is evidence.
 */
export async function judge(dependencies: Dependencies, sent: Received): Promise<Verdict> {
  const received = { ...sent, reading: keepable(sent.reading) };
  const { channel, account, reading } = received;
  const place = { channel: channel.slug, channel_account: account };
  if ('answer' in reading) warnOfUnmapped(place, reading.answer, countUnmapped);
  if (reading.kind === 'forged' || reading.kind === 'stale') {
    warn(
      { ...place, verdict: reading.kind, detail: reading.detail },
      'a callback was not believed',
    );
    return 'forged';
  }
  if (reading.kind === 'irrelevant') return passOver(dependencies, received, reading);
  if (reading.kind === 'attempt' || reading.kind === 'capture' || reading.kind === 'refund')
    return weigh(dependencies, received, reading);
  if (reading.kind === 'dispute' || reading.kind === 'bounced')
    return contest(dependencies, received, reading);
  if (reading.kind === 'setup') return changed(dependencies, received, reading);
  if (reading.kind === 'report') return reported(dependencies, received, reading.name);
  const detail = `${reading.kind}: ${reading.detail}`;
  await insertCallback(dependencies.store.pool, rowOf(received, { detail }));
  warn({ ...place, detail }, 'a callback was refused');
  return 'refused';
}

/** Nothing is learned from it: acknowledged, unless it is about a number that we never gave. */
async function passOver(
  dependencies: Dependencies,
  received: Received,
  { event, reference, detail }: Extract<CallbackReading, { kind: 'irrelevant' }>,
): Promise<Verdict> {
  if (reference !== undefined && !(await subjectOf(dependencies.store.pool, 'attempt', reference)))
    return refuseUnknown(dependencies, received, event, reference);
  const { channel, account } = received;
  const place = { channel: channel.slug, channel_account: account };
  logger.info({ ...place, detail }, 'a callback about no matter of ours');
  return 'accepted';
}

/**
 * Somebody else's payment over the same account may be disputed, or bounce, too: under a number of the channel that we do not know
 * it is kept and accepted, so that it is not sent for days.
 */
async function contest(
  dependencies: Dependencies,
  received: Received,
  reading: Extract<CallbackReading, { kind: 'dispute' | 'bounced' }>,
): Promise<Verdict> {
  if ('reference' in reading) return weigh(dependencies, received, reading);
  const { pool } = dependencies.store;
  const { order, event } = reading;
  const reference = await attemptUnderNumber(pool, received.account, order);
  if (reference !== null) return weigh(dependencies, received, under(reading, reference));
  const detail = `${reading.kind} about ${order}, which we do not know`;
  await insertCallback(pool, rowOf(received, { event, detail, verdict: 'accepted' }));
  warn({ order, kind: reading.kind }, 'a callback about nothing of ours');
  return 'accepted';
}

/** As if the notice had named our number. */
function under({ kind, event, answer }: NamedByChannel, reference: string): Said {
  return kind === 'dispute'
    ? { kind, event, reference, answer }
    : { kind: 'attempt', event, reference, answer };
}

/** About a method that is set up: it is asked about. */
async function changed(
  dependencies: Dependencies,
  received: Received,
  { event, reference, order }: Extract<CallbackReading, { kind: 'setup' }>,
): Promise<Verdict> {
  const { pool } = dependencies.store;
  const { account } = received;
  const setup = isId('pm', reference) ? await setupUnder(pool, reference) : null;
  if (!setup) return refuseUnknown(dependencies, received, event, reference);
  const isOurs = setup.channel_account === account && order === (setup.handle ?? order);
  const detail = isOurs ? null : `${order} at ${account}, ours is ${setup.handle} at ${setup.channel_account}`;
  const verdict = isOurs ? 'accepted' : 'refused';
  const came = await insertCallback(pool, rowOf(received, { event, reference, detail, verdict }));
  if (isOurs && came !== null) await hearSetup(pool, reference);
  if (!isOurs) warn({ reference, detail }, 'a callback about a setup disagrees');
  return verdict;
} // prettier-ignore

async function reported(
  { store }: Dependencies,
  { account }: Received,
  name: string,
): Promise<Verdict> {
  await insertReport(store.pool, account, name);
  logger.info({ channel_account: account, report: name }, 'a report has come out');
  return 'accepted';
}

async function refuseUnknown(
  { store }: Dependencies,
  received: Received,
  event: string,
  reference: string,
): Promise<Verdict> {
  const detail = 'a reference that we do not know';
  await insertCallback(store.pool, rowOf(received, { event, reference, detail }));
  warn({ reference }, 'a callback about nothing of ours');
  return 'refused';
}

async function weigh(
  dependencies: Dependencies,
  received: Received,
  reading: Said,
): Promise<Verdict> {
  const { pool } = dependencies.store;
  const { reference, event } = reading;
  const subject = await subjectOf(pool, reading.kind, reference);
  if (!subject) return refuseUnknown(dependencies, received, event, reference);
  const { payment_id } = subject;
  const complaint = disagreement(reading, subject, received);
  const detail = complaint === null ? null : redactCardNumbers(complaint);
  const verdict = detail === null ? 'accepted' : 'refused';
  const evidence = evidenceOf(reading, detail);
  const row = rowOf(received, { event, reference, payment_id, evidence, detail, verdict });
  faultPoint('callback.before', payment_id);
  const came = await reception(dependencies, subject, { ...row, payment_id });
  faultPoint('callback.after', payment_id);
  const log = { payment_id, reference, callback_id: came?.id ?? null };
  if (detail === null) logger.info(log, came ? 'callback' : 'callback again');
  else warn({ ...log, detail }, 'a callback disagrees; asking the channel');
  if (came && detail === null) countLag(dependencies, received, reading);
  if (came?.news) tell(dependencies, payment_id, came.id);
  return verdict;
}

/** How long after the payment we heard of it: by two clocks, and mostly by a time in whole seconds. */
function countLag({ health }: Dependencies, { account }: Received, { answer }: Said): void {
  if (answer.kind !== 'approved') return;
  const lag_ms = Date.now() - Date.parse(answer.receipt.paid_at);
  if (Number.isFinite(lag_ms)) health.count(account, 'callback', 'answered', Math.max(0, lag_ms));
}

/** An open payment has a run that will hear it; for one at rest none is opened that would only find nothing new. */
async function reception(
  { store }: Dependencies,
  { status, is_busy }: Subject,
  row: NewCallback & { readonly payment_id: string },
): Promise<Reception> {
  if (isFinal(status) && !is_busy) return receiveAtRest(store, row);
  const id = await insertCallback(store.pool, row);
  return id === null ? null : { id, news: true };
}

function warn(what: object, words: string): void {
  logger.warn({ security: true, ...what }, words);
}

function rowOf({ channel, account, body }: Received, given: Partial<NewCallback>): NewCallback {
  return {
    channel: channel.slug,
    channel_account: account,
    event: '',
    verdict: 'refused',
    detail: null,
    payment_id: null,
    reference: null,
    evidence: null,
    body: channel.redact(redactCardNumbers(body.toString('utf8'))),
    ...given,
  };
}

/** At once, without holding up the acknowledgement; what fails is relayed by the attendance. */
export function tell({ store, actor }: Dependencies, paymentId: string, callback: string): void {
  const told = async () => {
    const payment = await loadPayment(store.pool, paymentId);
    if (payment)
      await actor.post(payment, { cause: callback, fact: { kind: 'callback', callback } });
  };
  told().catch((error: unknown) => {
    const log = { payment_id: paymentId, err: error };
    logger.info(log, 'the actor could not be told; the relay will');
  });
}
