import type { Store } from './store.ts';

/** A step is a call of at most two requests; if its end is not written, somebody else goes on after so many milliseconds. */
export function leaseOf({ timing }: Pick<Store, 'timing'>): number {
  return 2 * timing.channel_timeout_ms + 5_000;
}

/** Hears of a due row that no key opens. */
export type OnUnopened = (id: string, error: unknown) => void;

/**
 * Opens what each of these rows has sealed. One that no key opens keeps no other back, which may have a deadline: it is left
 * out, told of, and due again when its lease is over.
 */
export function openEach<Row extends { readonly id: string }, Due>(
  rows: readonly Row[],
  open: (row: Row) => Due,
  onUnopened: OnUnopened,
): Due[] {
  return rows.flatMap((row) => {
    try {
      return [open(row)];
    } catch (error) {
      onUnopened(row.id, error);
      return [];
    }
  });
}
