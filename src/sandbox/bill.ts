import { type BillFault, billFaults, type Fault, type Occasion } from './fault.ts';

/** What every line of a bill has, as far as a discrepancy can be planted in it. */
export interface BillRow {
  /** The numbers of the customer's that it is about: the order's, and the refund's. */
  readonly references: readonly string[];
  /** In minor units. */
  readonly amount: number;
  readonly fee: number;
}

/** All lines of a channel, oldest first, and how it would write others. */
export interface Ledger<Row> {
  readonly rows: readonly Row[];
  /** The day on whose bill it stands, like 2026-11-29; or another stretch of time, by its name. */
  readonly dayOf: (row: Row) => string;
  /** The stretch that follows; without this, the next day. */
  readonly after?: (day: string) => string;
  /** The same line about an order that nobody made. */
  readonly ofNobody: (row: Row) => Row;
}

/** A fault that struck a bill; it is kept where the bill is fetched by a link. */
export type Planted = Pick<Fault, 'reference'> & { readonly fault: BillFault };

/** What of the faults that struck a call is to be planted in its bill. */
export function plantedBy(struck: readonly Fault[]): readonly Planted[] {
  return struck.flatMap(({ fault, reference }) => {
    const plant = billFaults.find((one) => one === fault);
    return plant ? [{ fault: plant, reference }] : [];
  });
}

/** Whom a day's bill is about, as faults see it: what stands on it, and what the day before may leave to it. */
export function billAbout<Row extends BillRow>(
  { rows, dayOf, after = dayAfter }: Ledger<Row>,
  day: string,
): Pick<Occasion, 'references' | 'names_amount'> {
  const near = rows.filter((row) => [dayOf(row), after(dayOf(row))].includes(day));
  return {
    references: near.flatMap((row) => row.references),
    names_amount: near.some((row) => dayOf(row) === day),
  };
}

/** Did this one strike? */
export function isPlanted(planted: readonly Planted[], fault: BillFault): boolean {
  return planted.some((one) => one.fault === fault);
}

/**
 * The lines of a day's bill, with what was planted in it; the books stay true.
 *
 * @param day as the ledger names it
 */
export function rowsOf<Row extends BillRow>(
  ledger: Ledger<Row>,
  day: string,
  planted: readonly Planted[] = [],
): readonly Row[] {
  const late = planted.filter(({ fault }) => fault === 'next_day_row');
  const rows = ledger.rows.filter((row) => billedOn(ledger, row, late) === day);
  return planted.reduce<readonly Row[]>((before, one) => spoilt(before, one, ledger), rows);
}

/** `next_day_row`: what is named, else the last line of each day, stands on the bill of the day after. */
function billedOn<Row extends BillRow>(
  { rows, dayOf, after = dayAfter }: Ledger<Row>,
  row: Row,
  late: readonly Planted[],
): string {
  const day = dayOf(row);
  const isLast = () => rows.findLast((one) => dayOf(one) === day) === row;
  const isLate = late.some(({ reference }) =>
    reference === undefined ? isLast() : row.references.includes(reference),
  );
  return isLate ? after(day) : day;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/** One line is spoilt: the first, or the first that is about what the fault names. */
function spoilt<Row extends BillRow>(
  rows: readonly Row[],
  { fault, reference }: Planted,
  { ofNobody }: Ledger<Row>,
): readonly Row[] {
  const row = rows.find((one) => reference === undefined || one.references.includes(reference));
  if (!row) return rows;
  switch (fault) {
    case 'missing_row':
      return rows.filter((one) => one !== row);
    case 'extra_row':
      return [...rows, ofNobody(row)];
    case 'amount_drift':
      return rows.map((one) => (one === row ? { ...one, amount: one.amount - 1 } : one));
    case 'fee_drift':
      return rows.map((one) => (one === row ? { ...one, fee: one.fee + 1 } : one));
    default:
      return rows;
  }
}
