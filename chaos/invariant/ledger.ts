import type { Evidence } from '../evidence.ts';
import type { Violation } from '../violation.ts';

/** I5: postings sum to zero, each channel's clearing is its book to the unit, and nothing that was written changes. */
export function ledgerAgrees({ ledger, books }: Evidence): Violation[] {
  const say = (subject: string, detail: string): Violation => ({ invariant: 'I5', subject, detail }); // prettier-ignore
  const kept: Record<string, number> = {};
  for (const { channel, currency, captured, refunded } of books.transactions) {
    const name = `${channel} ${currency}`;
    kept[name] = (kept[name] ?? 0) + captured - refunded;
  }
  const names = new Set([...Object.keys(kept), ...Object.keys(ledger.clearing)]);
  const differing = [...names].filter((name) => (kept[name] ?? 0) !== (ledger.clearing[name] ?? 0));
  return [
    ...ledger.unbalanced.map((id) => say(id, 'its entries do not sum to zero')),
    ...differing.map((name) =>
      say(name, `clearing says ${ledger.clearing[name] ?? 0}, the books ${kept[name] ?? 0}`),
    ),
    ...ledger.changeable.map((statement) => say('owner', `could ${statement}`)),
  ];
}

/** I5: every row of then is there now as it was. */
export function unchanged(
  then: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): Violation[] {
  const changed = [...then].filter(([key, hash]) => now.get(key) !== hash);
  return changed.map(([key]) => ({
    invariant: 'I5',
    subject: key,
    detail: now.has(key) ? 'was changed' : 'is gone',
  }));
}
