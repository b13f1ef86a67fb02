import fc from 'fast-check';

import { failureOf } from '../../src/domain/failure.ts';
import { abandoned, begun, failed, type Setup, setupAfter, type SetupStep, stepNow } from '../../src/domain/setup.ts'; // prettier-ignore

type Answer = Parameters<typeof setupAfter>[2];

const page = { type: 'redirect', url: 'https://bank.example' } as const;
const asks = { kind: 'action_required', next_action: page, code_ends_at: null } as const;
const no = failureOf('card_declined', { code: 'generic_decline', message: null });
const declined = { kind: 'declined', failure: no } as const;
const lost = { kind: 'unknown', detail: 'TimeoutError' } as const;
const unsent = { kind: 'never_sent', detail: 'ECONNREFUSED' } as const;
const stored = { ...lost, is_stored: true } as const;

const at = (step: SetupStep, given: Partial<Setup> = {}): Setup => ({
  ...begun,
  handle: step === 'create' ? null : 'seti_1',
  step,
  ...given,
});

test.each<[SetupStep, Answer, SetupStep | null]>([
  ['create', { kind: 'created', handle: 'seti_1' }, 'confirm'],
  ['create', lost, 'create'],
  ['create', unsent, 'create'],
  ['create', declined, null],
  ['confirm', { kind: 'set_up' }, 'keep'],
  ['confirm', asks, 'query'],
  ['confirm', lost, 'query'],
  ['confirm', unsent, 'confirm'],
  ['confirm', declined, null],
  ['query', { kind: 'open' }, 'confirm'],
  ['query', { kind: 'pending' }, 'query'],
  ['query', asks, 'query'],
  ['query', { kind: 'set_up' }, 'keep'],
  ['query', { kind: 'closed' }, null],
  ['query', { kind: 'disagrees', detail: 'another' }, 'query'],
  ['query', lost, 'query'],
  ['close', { kind: 'closed' }, null],
  ['close', { kind: 'refused', detail: 'succeeded' }, 'query'],
  ['close', lost, 'query'],
  ['close', unsent, 'close'],
  ['keep', lost, 'keep'],
  ['keep', { kind: 'unfit', detail: 'used up' }, null],
])('a setup whose %s was answered %j goes on with %s', (step, answer, next) => {
  expect(setupAfter(at(step), step, answer, false).step).toBe(next);
});

test('one that is over is not begun and not confirmed, and is closed where it stands open', () => {
  expect(stepNow(at('create'), true)).toBe('fail');
  expect(stepNow(at('confirm'), true)).toBe('close');
  for (const answer of [asks, { kind: 'open' }] as const)
    expect(setupAfter(at('query'), 'query', answer, true).step).toBe('close');
  expect(setupAfter(at('query'), 'query', { kind: 'set_up' }, true).step).toBe('keep');
});

test('why it came to nothing: its payer was asked and stayed away, or the channel was not there', () => {
  expect(abandoned(at('query', { next_action: page })).code).toBe('authentication_failed');
  expect(abandoned(at('confirm')).code).toBe('channel_unavailable');
  expect(setupAfter(at('confirm'), 'confirm', declined, false).failure).toBe(no);
});

test('after a failure that the channel has stored the next call goes under another key', () => {
  expect(setupAfter(at('create'), 'create', stored, false).key_number).toBe(1);
  expect(setupAfter(at('create'), 'create', lost, false).key_number).toBe(0);
});

describe('whatever the channel answers', () => {
  const answers: Readonly<Record<SetupStep, readonly Answer[]>> = {
    create: [{ kind: 'created', handle: 'seti_1' }, declined, lost, unsent, stored],
    confirm: [{ kind: 'set_up' }, asks, declined, lost, unsent, stored, { kind: 'pending' }],
    query: [{ kind: 'open' }, { kind: 'set_up' }, asks, { kind: 'closed' }, declined, lost],
    close: [{ kind: 'closed' }, { kind: 'refused', detail: '' }, lost, unsent, stored],
    keep: [{ kind: 'unfit', detail: '' }, lost, unsent],
  };

  /** The calls that these choices lead to, and where they end. */
  const told = (choices: readonly number[], overAfter: number) => {
    const calls: { step: SetupStep; answer: Answer; before: Setup }[] = [];
    let setup = begun;
    for (const [i, choice] of choices.entries()) {
      const isOver = i >= overAfter;
      const step = stepNow(setup, isOver);
      if (step === null) break;
      if (step === 'fail') {
        setup = failed(setup, abandoned(setup));
        break;
      }
      const answer = answers[step][choice % answers[step].length]!;
      calls.push({ step, answer, before: setup });
      setup = setupAfter(setup, step, answer, isOver);
    }
    return { calls, setup };
  };
  const stories = fc.tuple(fc.array(fc.nat(60), { maxLength: 40 }), fc.nat(40));

  test('nothing is confirmed without a number, nor again before it was asked about, nor once it is over', () => {
    fc.assert(
      fc.property(stories, ([choices, overAfter]) => {
        const { calls } = told(choices, overAfter);
        calls.forEach(({ step, before }, i) => {
          if (step !== 'create') expect(before.handle).not.toBeNull();
          if (step === 'confirm') {
            expect(i).toBeLessThan(overAfter);
            const last = calls.slice(0, i).findLast((call) => call.step !== 'query' && call.step !== 'create'); // prettier-ignore
            const asked = calls[i - 1]!.step !== 'confirm' || calls[i - 1]!.answer.kind === 'never_sent'; // prettier-ignore
            if (last?.step === 'confirm') expect(asked).toBe(true);
          }
        });
      }),
    );
  });

  test('it is kept only after its bank has agreed, and what has ended says why', () => {
    fc.assert(
      fc.property(stories, ([choices, overAfter]) => {
        const { calls, setup } = told(choices, overAfter);
        const kept = calls.findIndex(({ step }) => step === 'keep');
        if (kept >= 0)
          expect(calls.slice(0, kept).some(({ answer }) => answer.kind === 'set_up')).toBe(true);
        expect(setup.failure === null).toBe(setup.step !== null);
        if (setup.step === null) expect(setup.next_action).toBeNull();
      }),
    );
  });
});
