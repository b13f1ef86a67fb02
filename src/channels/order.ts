import type { Browser } from '../domain/browser.ts';
import type { Money } from '../domain/money.ts';
import type { MadeCall } from '../domain/operation.ts';
import type { Usage } from '../domain/payment-method.ts';
import type { Reports } from './report.ts';

/** The attempt as stored. A resend builds the same body from it, byte for byte, so nothing in it may come from "now". */
export interface Order extends Money {
  /** The method type of the contract that the payer chose. */
  readonly method: string;
  /** Our number at the channel: the attempt's id. */
  readonly reference: string;
  readonly description: string;
  /** RFC 3339, UTC, whole seconds. */
  readonly expires_at: string;
  readonly notify_url: string;
  /** Names what is made: the same for every resend, so that the channel does it once. */
  readonly channel_key: string;
  /** The channel's number of an order that it told before it moved money; null without that step. */
  readonly handle: string | null;
  readonly capture: 'automatic' | 'manual';
  /** What the payer's method came with: a card token (for `confirm` alone), his openid, his browser's address, the code that he presents. */
  readonly token: string | null;
  /** From where the payer of a card pays, where his merchant says it. */
  readonly browser?: Browser | undefined;
  readonly payer_ip?: string | undefined;
  /** `on_session`, `off_session`: the token is that of a kept method, as `keep` told it. Left out: `once`. */
  readonly usage?: Usage;
  /** Where the payer's browser goes after a redirect. */
  readonly return_url: string | null;
  /** For `confirm` alone, where the payer was sent elsewhere: what he brought back. */
  readonly returned?: string | null;
  /** What was sent so far to make it, the oldest first; a call that makes it is the last of them itself. */
  readonly calls?: readonly MadeCall[];
  /** For `query` alone, where nobody can be asked. */
  readonly reports?: Reports;
}

/** Taking all or a part of what is held. */
export interface CaptureOrder extends Order {
  /** Our number for the capture: its id. */
  readonly capture_reference: string;
  /** What is to be taken now, and what was taken of this hold before. */
  readonly capture_amount: Money['amount'];
  readonly captured_before: Money['amount'];
  /** The rest is to be released. */
  readonly is_final: boolean;
}

/** Raising what is held, to a new total. */
export interface IncrementOrder extends Order {
  readonly increment_amount: Money['amount'];
}
