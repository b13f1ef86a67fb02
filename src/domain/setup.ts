import { type Failure, failureOf } from './failure.ts';
import type { ActionRequired, Declined, Disagreement, NeverSent, NextAction, Unknown } from './outcome.ts'; // prettier-ignore

/** A method that is to be kept without a payment (decision 0043), and which call comes next; null: it has ended. */
export const setupSteps = ['create', 'confirm', 'query', 'close', 'keep'] as const;
export type SetupStep = (typeof setupSteps)[number];

/** How a setup was made: `created`, by the channel's number, unconfirmed, and nothing is kept by it. */
export type SetupCreated =
  { readonly kind: 'created'; readonly handle: string } | Declined | NeverSent | Unknown;

/**
 * How a setup stands at its channel. `set_up`: the method may be kept; `open`: nobody has confirmed it; `pending`: the channel works
 * on it; `closed`: nothing comes of it any more.
 */
export type SetupAnswer =
  | { readonly kind: 'set_up' | 'open' | 'pending' | 'closed' }
  | ActionRequired
  | Declined
  | Disagreement
  | NeverSent
  | Unknown;

/** How the channel was had to end a setup; `refused`: as it stands that is not possible, so ask. */
export type SetupClosed =
  | { readonly kind: 'closed' }
  | { readonly kind: 'refused'; readonly detail: string }
  | NeverSent
  | Unknown;

/** It cannot be kept, now and later. */
export interface Unfit {
  readonly kind: 'unfit';
  readonly detail: string;
}

export interface Setup {
  readonly step: SetupStep | null;
  /** The channel's own number, once it told one. */
  readonly handle: string | null;
  /** Under so many keys the channel has stored a failure of its own: the next call goes under the next one. */
  readonly key_number: number;
  readonly next_action: NextAction | null;
  /** Why nothing was kept; with it the setup has failed. */
  readonly failure: Failure | null;
}

/** A setup as it begins. */
export const begun: Setup = {
  step: 'create',
  handle: null,
  key_number: 0,
  next_action: null,
  failure: null,
};

/**
 * What is to be done now, or null when the setup has ended. One that is over is not begun and not confirmed any more:
 * what may stand at the channel is closed there, what never got that far has failed.
 *
 * @param isOver the payer's time is up, or he has taken his consent back
 */
export function stepNow(setup: Setup, isOver: boolean): SetupStep | 'fail' | null {
  if (!isOver) return setup.step;
  if (setup.step === 'create') return 'fail';
  return setup.step === 'confirm' ? 'close' : setup.step;
}

type Answer = SetupCreated | SetupAnswer | SetupClosed | Unfit;

/**
 * The setup after a call of it was answered. A call without an answer leads to the question how it stands, never to a guess:
 * the same create and the same confirmation are sent again only where the channel says that they did not happen, or under
 * the key by which it does them once.
 *
 * @param step which call it was
 */
export function setupAfter(setup: Setup, step: SetupStep, answer: Answer, isOver: boolean): Setup {
  switch (answer.kind) {
    case 'created':
      return { ...setup, step: 'confirm', handle: answer.handle };
    case 'set_up':
      return { ...setup, step: 'keep', next_action: null };
    case 'action_required':
      return { ...setup, step: isOver ? 'close' : 'query', next_action: answer.next_action };
    case 'open':
      return { ...setup, step: isOver ? 'close' : 'confirm' };
    case 'declined':
      return failed(setup, answer.failure);
    case 'closed':
      return failed(setup, abandoned(setup));
    case 'unfit':
      return failed(setup, failureOf('invalid_method', { code: null, message: answer.detail }));
    case 'pending':
    case 'disagrees':
    case 'refused':
      return { ...setup, step: 'query' };
    case 'never_sent':
    case 'unknown':
      return unanswered(setup, step, answer);
  }
}

function unanswered(setup: Setup, step: SetupStep, answer: NeverSent | Unknown): Setup {
  const isStored = answer.kind === 'unknown' && answer.is_stored === true;
  const key_number = setup.key_number + (isStored ? 1 : 0);
  const isAsked = answer.kind === 'unknown' && (step === 'confirm' || step === 'close');
  return { ...setup, key_number, step: isAsked ? 'query' : step };
}

/** Nothing is kept, and nothing will be. */
export function failed(setup: Setup, failure: Failure): Setup {
  return { ...setup, step: null, next_action: null, failure };
}

/** Why one came to nothing that nobody has declined: its payer was asked and stayed away, or the channel was not there in time. */
export function abandoned({ next_action }: Setup): Failure {
  const code = next_action === null ? 'channel_unavailable' : 'authentication_failed';
  return failureOf(code, { code: null, message: null });
}
