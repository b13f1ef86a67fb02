import type { DisputeNotice } from '../domain/dispute.ts';
import type {
  Bounced,
  CaptureNotice,
  Notice,
  QueryAnswer,
  RefundAnswer,
} from '../domain/outcome.ts';

/** A callback as it came in; `headers` in lower case. */
export interface RawCallback {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * What a callback turned out to be.
 * - `attempt`, `capture`, `refund`: verified and about our number `reference`; `event` is the channel's id of the notice.
 *   `order`: the channel's own number of the order, where several orders could bear one number of ours.
 * - `dispute`: verified, and a payer contests what was paid: under our number `reference`, or where the notice does not
 *   name that, under `order`, the channel's own number of the order or of what was taken for it.
 * - `bounced`: verified, and what was taken did not stay, of an attempt that the notice names by `order` alone.
 * - `setup`: verified, and something changed about the method that is set up under our number `reference` and the channel's `order`: what,
 *   the channel must be asked.
 * - `report`: a file of this name has come out.
 * - `forged`: the signature is not the channel's (or of another account); `stale`: signed too long ago or ahead.
 * - `foreign`: verified, but names another merchant account; `meaningless`: verified, but says nothing we can read.
 * - `irrelevant`: verified and readable, but no matter of ours: accepted, so that it is not sent again, and not kept.
 */
export type CallbackReading =
  | {
      readonly kind: 'attempt';
      readonly event: string;
      readonly reference: string;
      readonly order?: string;
      readonly answer: QueryAnswer | Notice;
    }
  | {
      readonly kind: 'capture';
      readonly event: string;
      readonly reference: string;
      readonly answer: CaptureNotice;
    }
  | {
      readonly kind: 'refund';
      readonly event: string;
      readonly reference: string;
      readonly answer: RefundAnswer;
    }
  | ({ readonly kind: 'dispute'; readonly event: string; readonly answer: DisputeNotice } & (
      { readonly reference: string } | { readonly order: string }
    ))
  | {
      readonly kind: 'bounced';
      readonly event: string;
      readonly order: string;
      readonly answer: Bounced;
    }
  | {
      readonly kind: 'setup';
      readonly event: string;
      readonly reference: string;
      readonly order: string;
    }
  | { readonly kind: 'report'; readonly event: string; readonly name: string }
  | {
      readonly kind: 'irrelevant';
      readonly event: string;
      readonly detail: string;
      /** Our number of the attempt that it is about, where it names one. */
      readonly reference?: string;
    }
  | { readonly kind: 'forged' | 'stale' | 'foreign' | 'meaningless'; readonly detail: string };

const skewMs = 300_000;

/**
 * Was it sent longer ago than its channel repeats it, or ahead of our clock? Clocks may differ by five minutes.
 *
 * @param sent_at RFC 3339; null or unreadable is stale
 * @param repeated_ms for how long the channel repeats a notice with the time of its first sending
 */
export function isStale(sent_at: string | null, now: Date, repeated_ms: number): boolean {
  const age = now.getTime() - Date.parse(sent_at ?? '');
  return !(age >= -skewMs && age <= repeated_ms + skewMs);
}

/** What we say to a callback: taken (also a duplicate), refused for ever, signature refused, or "send it again". */
export type Verdict = 'accepted' | 'refused' | 'forged' | 'retry';
