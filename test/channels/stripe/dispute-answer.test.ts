import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, refusedWith, replayed, replied } from './stripe.ts';

const reference = 'evd_01kaw0000000000000000000a1';
const answer = {
  dispute: 'du_1Holdfast',
  reference,
  channel_key: reference,
  words: { explanation: 'He signed for it', customer_email: 'ada@example.org' },
};
const dispute = {
  id: 'du_1Holdfast',
  object: 'dispute',
  status: 'needs_response',
  metadata: {} as object,
  evidence_details: { submission_count: 0 },
};
const submitted = {
  ...dispute,
  status: 'under_review',
  metadata: { evidence: reference },
  evidence_details: { submission_count: 1 },
};
const waiting = replied(200, dispute);
const told = (...replies: Parameters<typeof answering>) => {
  const call = answering(...replies);
  return { call, answered: stripe.answerDispute!(call, answer) };
};

test('an answer is submitted under our number, in Stripe’s words', async () => {
  const { call, answered } = told(waiting, replied(200, submitted));
  expect(await answered).toEqual({ kind: 'submitted' });
  const [asked, sent] = call.requests;
  expect(asked).toMatchObject({ method: 'GET', url: expect.stringMatching(/\/v1\/disputes\/du_1Holdfast$/) }); // prettier-ignore
  expect(sent!.headers['Idempotency-Key']).toBe(reference);
  expect(Object.fromEntries(new URLSearchParams(sent!.body))).toEqual({
    'evidence[uncategorized_text]': 'He signed for it',
    'evidence[customer_email_address]': 'ada@example.org',
    'metadata[evidence]': reference,
    submit: 'true',
  });
});

test('one that was lost and not unheard is found, and sent no more', async () => {
  const won = { ...submitted, status: 'won' };
  for (const stood of [submitted, won]) {
    const { call, answered } = told(replied(200, stood));
    expect(await answered).toEqual({ kind: 'submitted' });
    expect(call.requests).toHaveLength(1);
  }
});

test('a dispute that takes none refuses it, before or when it is sent', async () => {
  const theirs = { ...submitted, metadata: {} };
  const decided = { ...dispute, status: 'lost' };
  for (const stood of [theirs, decided]) {
    const { call, answered } = told(replied(200, stood));
    expect((await answered).kind).toBe('refused');
    expect(call.requests).toHaveLength(1);
  }
  expect((await told(waiting, refusedWith(400, {})).answered).kind).toBe('refused');
});

test('one that stands there under our number, and was not submitted, is sent', async () => {
  const unsent = { ...submitted, status: 'needs_response', evidence_details: { submission_count: 0 } };
  const { call, answered } = told(replied(200, unsent), replied(200, submitted));
  expect(await answered).toEqual({ kind: 'submitted' });
  expect(call.requests).toHaveLength(2);
}); // prettier-ignore

test('a refusal that is only repeated is none of today', async () => {
  const { answered } = told(waiting, refusedWith(400, {}, replayed));
  expect((await answered).kind).toBe('unknown');
});

test('what is not answered is tried again', async () => {
  for (const reply of [replied(500, {}), refusedWith(401, {}), replied(200, {}), replied(200, { ...submitted, id: 'du_2' })]) {
    expect((await told(waiting, reply).answered).kind).toBe('unknown');
    expect((await told(reply).answered).kind).toBe('unknown');
  }
  expect((await told(waiting, refusedWith(429, {})).answered).kind).toBe('never_sent');
  const stored = await told(waiting, replied(500, {}, replayed)).answered;
  expect(stored).toMatchObject({ kind: 'unknown', is_stored: true });
}); // prettier-ignore

test.each(['warning_needs_response', 'appeal_needs_response'])('a dispute that is %s takes one', async (status) => {
  const { answered } = told(replied(200, { ...dispute, status }), replied(200, submitted));
  expect(await answered).toEqual({ kind: 'submitted' });
}); // prettier-ignore
