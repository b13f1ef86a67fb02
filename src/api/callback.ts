import { type Response, Router } from 'express';

import type { CallbackReading, Channel, Verdict } from '../channels/channel.ts';
import { redactCardNumbers } from '../domain/card-number.ts';
import { type Evidence, insertCallback, type NewCallback, subjectOf } from '../store/callback.ts';
import { findAccount } from '../store/channel-account.ts';
import { loadPayment } from '../store/payment-row.ts';
import { logger } from '../telemetry.ts';
import type { Dependencies } from './payment.ts';
import { Problem } from './problem.ts';
import { handled, readBytes } from './request.ts';

const callbackBytesMax = 256 * 1024;

type Read = Extract<CallbackReading, { kind: 'attempt' | 'refund' }>;

/** `POST /v1/callbacks/{channel}/{account}`: verify the raw bytes, store, acknowledge in the channel's form, tell the actor. */
export function callbackRoutes(dependencies: Dependencies): Router {
  const router = Router();
  router.post(
    '/v1/callbacks/:channel/:account',
    handled(async (request, response) => {
      const { channel: slug = '', account: id = '' } = request.params as Record<string, string>;
      const channel = dependencies.channelFor(slug);
      if (!channel) throw new Problem('not_found', `no channel '${slug}'`);
      const body = await readBytes(request, callbackBytesMax);
      try {
        const account = await findAccount(dependencies.store.pool, slug, id);
        if (!account) throw new Problem('not_found', 'no such channel account');
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const reading = channel.readCallback(
          channel.parseAccount(account.settings),
          { headers, body },
          new Date(),
        );
        const verdict = await taken(dependencies, channel, id, reading, body);
        answer(response, channel, verdict);
      } catch (error) {
        if (error instanceof Problem) throw error;
        logger.error(
          { err: error, channel: slug },
          'a callback could not be stored: the channel is asked to repeat it',
        );
        answer(response, channel, 'retry');
      }
    }),
  );
  return router;
}

function answer(response: Response, channel: Channel, verdict: Verdict): void {
  const { status, body } = channel.facts.verdicts[verdict];
  response.status(status);
  if (body === null) response.end();
  else response.type('application/json').send(body);
}

async function taken(
  dependencies: Dependencies,
  channel: Channel,
  account: string,
  reading: CallbackReading,
  bytes: Buffer,
): Promise<Verdict> {
  const security = { security: true, channel: channel.slug, channel_account: account };
  if (reading.kind === 'forged' || reading.kind === 'stale') {
    logger.warn(
      { ...security, verdict: reading.kind, detail: reading.detail },
      'a callback was not believed',
    );
    return 'forged';
  }
  const body = channel.redact(redactCardNumbers(bytes.toString('utf8')));
  const row: NewCallback = {
    channel: channel.slug, channel_account: account, event: 'event' in reading ? reading.event : '', body,
    verdict: 'refused', detail: null, payment_id: null, reference: null, evidence: null,
  }; // prettier-ignore
  if (reading.kind !== 'attempt' && reading.kind !== 'refund') {
    await insertCallback(dependencies.store.pool, {
      ...row,
      detail: `${reading.kind}: ${reading.detail}`,
    });
    logger.warn(
      { ...security, verdict: reading.kind, detail: reading.detail },
      'a callback was refused',
    );
    return 'refused';
  }
  return about(dependencies, row, reading);
}

async function about(
  dependencies: Dependencies,
  row: NewCallback,
  reading: Read,
): Promise<Verdict> {
  const { pool } = dependencies.store;
  const { reference } = reading;
  const subject = await subjectOf(pool, reading.kind, reference);
  const named = { ...row, reference };
  if (!subject) {
    await insertCallback(pool, { ...named, detail: 'a reference that we do not know' });
    logger.warn({ security: true, reference }, 'a callback about nothing of ours');
    return 'refused';
  }
  const known = { ...named, payment_id: subject.payment_id };
  const complaint = disagreement(reading, subject, row.channel_account);
  const evidence = (
    complaint
      ? doubt(reading, complaint)
      : { about: reading.kind, reference, answer: reading.answer }
  ) as Evidence;
  const id = await insertCallback(pool, {
    ...known,
    evidence,
    detail: complaint,
    verdict: complaint ? 'refused' : 'accepted',
  });
  const log = { payment_id: subject.payment_id, reference, callback_id: id };
  if (complaint)
    logger.warn(
      { security: true, ...log, detail: complaint },
      'a callback disagrees; asking the channel',
    );
  else logger.info(log, id ? 'callback' : 'callback again');
  if (id) tell(dependencies, subject.payment_id, id);
  return complaint ? 'refused' : 'accepted';
}

/** A callback that disagrees is no evidence; all that it says is that somebody should ask. */
function doubt(reading: Read, detail: string): object {
  return { about: 'attempt', reference: reading.reference, answer: { kind: 'disagrees', detail } };
}

/** What is not as we asked for it: account, amount or currency. */
function disagreement(
  { answer: said }: Read,
  subject: { channel_account: string; amount: number; currency: string },
  account: string,
): string | null {
  if (subject.channel_account !== account)
    return `sent to ${account}, belongs to ${subject.channel_account}`;
  if (said.kind === 'disagrees') return said.detail;
  const money = said.kind === 'approved' ? said.receipt : said.kind === 'refund' ? said : null;
  if (!money || (money.amount === subject.amount && money.currency === subject.currency))
    return null;
  return `says ${money.amount} ${money.currency}, asked ${subject.amount} ${subject.currency}`;
}

/** At once, without holding up the acknowledgement; what fails is relayed by the attendance. */
function tell({ store, actor }: Dependencies, paymentId: string, callback: string): void {
  const told = async () => {
    const payment = await loadPayment(store.pool, paymentId);
    if (payment)
      await actor.post(payment, { cause: callback, fact: { kind: 'callback', callback } });
  };
  told().catch((error: unknown) => {
    logger.info(
      { payment_id: paymentId, err: error },
      'the actor could not be told; the relay will',
    );
  });
}
