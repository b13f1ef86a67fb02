import { type Failure, type FailureCode, failureOf } from '../../domain/failure.ts';
import type { Unmoved } from '../books.ts';

/** Every refusal of the books, in the catalogue's words. */
const failures = {
  no_wallet: ['insufficient_funds', 'the customer has no wallet in this currency'],
  too_little: ['insufficient_funds', 'the wallet has not enough that is not promised already'],
  wrong_state: ['processing_error', 'the order is over'],
} as const satisfies Record<Unmoved['why'], readonly [FailureCode, string]>;

/** Why nothing moved. */
export function failureFrom(why: Unmoved['why']): Failure {
  const [code, message] = failures[why];
  return failureOf(code, { code: why, message });
}
