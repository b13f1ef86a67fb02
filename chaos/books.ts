import { ask } from './wire.ts';

/** An order as the channel's own books have it (contract section 7): the witness. */
export interface Entry {
  readonly channel: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: string;
  readonly paid_count: number;
  readonly captured: number;
  readonly refunded: number;
  readonly refunds: readonly { readonly reference: string; readonly amount: number; readonly state: string }[];
} // prettier-ignore

export interface Books {
  readonly transactions: readonly Entry[];
  readonly violations: readonly {
    readonly channel: string;
    readonly reference: string;
    readonly rule: string;
    readonly detail: string;
  }[];
}

/** The books as they are now; those of one order when a reference is named. */
export async function readBooks(sandbox: string, reference?: string): Promise<Books> {
  const filter = reference === undefined ? '' : `?reference=${encodeURIComponent(reference)}`;
  const url = `${sandbox}/control/books${filter}`;
  const { body } = await ask({ method: 'GET', url, timeoutMs: 30_000 });
  return body as Books;
}
