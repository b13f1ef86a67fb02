import { z } from 'zod';

import { answerFields, answerStatuses, type AnswerWords } from '../domain/dispute-answer.ts';
import type { Caller } from '../store/api-key.ts';
import {
  answersOf,
  type DisputeAnswer,
  findAnswer,
  insertAnswer,
} from '../store/dispute-answer.ts';
import { findPart, type Parts, type Stored } from '../store/payment-part.ts';
import { loadPayment } from '../store/payment-row.ts';
import { id, text as textOrNull } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { text, time, wait } from './field.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import { Problem } from './problem.ts';

const path = '/v1/disputes/{id}/evidence';

const words = Object.fromEntries(
  answerFields.map((name) => [name, text(1, 20_000).optional()]),
) as Record<(typeof answerFields)[number], z.ZodOptional<ReturnType<typeof text>>>;

const said = z
  .strictObject(words)
  .refine((given) => Object.values(given).some((one) => one !== undefined), {
    error: `at least one of ${answerFields.join(', ')}`,
  })
  .openapi({ minProperties: 1 });

const submitEvidence = z.strictObject({ evidence: said, wait }).openapi('SubmitEvidence');

const evidence = z
  .strictObject({
    id: id('evd'),
    object: z.literal('evidence'),
    dispute_id: id('dsp'),
    status: z.enum(answerStatuses),
    fields: z.array(z.enum(answerFields)),
    detail: textOrNull.openapi({ description: 'Why the channel did not take it' }),
    created_at: time,
    updated_at: time,
  })
  .openapi('Evidence');

/** `/v1/disputes/{id}/evidence`: what a merchant says against a dispute (contract section 1, `evd_`; decision 0052). */
export function disputeAnswerEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Say something against a dispute; the payer’s bank is told once',
      key: 'accepted',
      body: submitEvidence,
      status: 201,
      answers: evidence,
      refusals: ['not_found', 'evidence_not_supported', 'dispute_not_answerable'],
      handle: (asked) => submit(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'What was said against a dispute, newest first',
      key: 'none',
      status: 200,
      answers: z.strictObject({ object: z.literal('list'), data: z.array(evidence), has_more: z.literal(false) }),
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const dispute = await disputeOf(dependencies, caller, id);
        const all = await answersOf(store.pool, dispute.id);
        return { body: { object: 'list', data: all.map(shown), has_more: false } };
      },
    }),
  ];
} // prettier-ignore

async function disputeOf(
  { store }: Dependencies,
  caller: Caller,
  id: string,
): Promise<Stored<Parts['disputes']>> {
  const found = await findPart(store.pool, 'disputes', caller, id);
  if (!found) throw new Problem('not_found', 'no such dispute');
  return found;
}

async function submit(
  dependencies: Dependencies,
  asked: Asked<z.infer<typeof submitEvidence>, unknown>,
): Promise<Answer> {
  const { store, waiting } = dependencies;
  const { evidence: said, wait } = asked.body;
  const dispute = await disputeOf(dependencies, asked.caller, asked.id);
  if (!(await isTold(dependencies, dispute)))
    throw new Problem('evidence_not_supported', `${dispute.id} is answered at its channel`);
  const insertion = await insertAnswer(
    store,
    asked.caller,
    dispute.id,
    said as AnswerWords,
    asked.key,
  );
  if (!('answer' in insertion)) throw refusal(insertion.kind, dispute);
  const { answer } = insertion;
  const began = performance.now();
  const isOver = ({ status }: DisputeAnswer) => status !== 'processing';
  const find = () => findAnswer(store.pool, answer.id);
  const after = await waiting.untilSo(answer.id, find, isOver, wait * 1_000);
  asked.timing.wait += performance.now() - began;
  const headers = replayedIf(insertion.kind === 'replayed');
  return { body: shown(after ?? answer), headers };
}

function refusal(kind: 'key_reused' | 'taken', { id, status }: Parts['disputes']): Problem {
  if (kind === 'key_reused') return keyReused();
  return new Problem('dispute_not_answerable', `${id} is ${status}, or answered`);
}

/** Does the channel of what is disputed take an answer from us? */
async function isTold(
  { store, channelFor }: Dependencies,
  { payment_id, attempt_id }: Stored<Parts['disputes']>,
): Promise<boolean> {
  const payment = await loadPayment(store.pool, payment_id);
  const attempt = payment?.attempts.find((one) => one.id === attempt_id);
  return attempt !== undefined && channelFor(attempt.channel)?.facts.answers_disputes === true;
}

function shown({ id, dispute_id, status, fields, detail, created_at, updated_at }: DisputeAnswer) {
  return { id, object: 'evidence', dispute_id, status, fields, detail, created_at, updated_at };
}
