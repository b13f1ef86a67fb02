/** The objects of the public contract, as far as the campaign reads them; written from the page, not from the code. */
export interface Payment {
  readonly id: string;
  readonly order_no: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly outcome: string;
  readonly capture: string;
  readonly amount_capturable: number;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly amount_refunding: number;
  readonly amount_disputed: number;
  readonly cancellation_reason: string | null;
  readonly late: boolean;
  readonly method: { readonly payment_method?: string } | null;
  readonly next_action: { readonly url?: string; readonly params?: Readonly<Record<string, string>> } | null;
  readonly attempts: readonly Attempt[];
  readonly captures: readonly { readonly id: string; readonly amount: number; readonly status: string }[];
  readonly increments?: readonly { readonly status: string }[];
  readonly sequence: number;
} // prettier-ignore

export interface Attempt {
  readonly reference: string;
  readonly channel: string;
  readonly channel_reference: string | null;
  readonly status: string;
  readonly amount_captured: number;
  readonly amount_refunded: number;
}

export interface Refund {
  readonly id: string;
  readonly payment_id: string;
  readonly amount: number;
  readonly status: string;
  readonly origin: string;
}

export interface Case {
  readonly id: string;
  readonly payment_id: string;
  readonly kind: string;
  readonly status: string;
}

export interface Event {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: { readonly object: { readonly id: string; readonly status?: string } };
  readonly deliveries: readonly { readonly status: string }[];
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
}

/** Final for the merchant. */
export function isFinal({ status }: { readonly status: string }): boolean {
  return status === 'succeeded' || status === 'canceled' || status === 'failed';
}
