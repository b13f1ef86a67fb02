import type { AnswerWords } from '../domain/dispute-answer.ts';

/** What a merchant says against a dispute. */
export interface AnswerOrder {
  /** The channel's own number of the dispute. */
  readonly dispute: string;
  /** Our number of the answer: by it we find at the channel that it was given. */
  readonly reference: string;
  readonly channel_key: string;
  readonly words: AnswerWords;
}
