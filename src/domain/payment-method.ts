/**
 * How a payer's method is used: this once; kept for later payments, to which he has agreed; or one that was kept, with him
 * there (`on_session`) or without him (`off_session`: nobody can be asked who he is).
 */
export const usages = ['once', 'save', 'on_session', 'off_session'] as const;
export type Usage = (typeof usages)[number];

export const methodStatuses = ['pending', 'active', 'failed', 'removed'] as const;
/** `pending`: kept as soon as it has paid; `failed`: it never paid, so there is nothing to keep. */
export type MethodStatus = (typeof methodStatuses)[number];

/** As one shows itself: while it is set up without a payment (decision 0043) its channel has it, or its payer must act. */
export const shownMethodStatuses = [...methodStatuses, 'processing', 'requires_action'] as const;

/** What may be shown of a card. */
export interface Card {
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
}

/** What a payer agreed to, in the words that he was shown. */
export interface Consent {
  readonly text: string;
  /** Of his browser, where the merchant says it. */
  readonly ip: string | null;
  readonly given_at: string;
}

/** How a method shows itself. @param setup null where a payment is to have it kept */
export function shownStatus({
  status,
  setup,
}: {
  readonly status: MethodStatus;
  readonly setup: { readonly next_action: unknown } | null;
}): (typeof shownMethodStatuses)[number] {
  if (status !== 'pending' || setup === null) return status;
  return setup.next_action === null ? 'processing' : 'requires_action';
}
