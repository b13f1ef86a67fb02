import type { BillFlow } from '../domain/bill.ts';
import type { Reported } from './report.ts';

/** The bill of one day. */
export interface BillDay {
  /** Of the zone that `facts.bill` names, like 2026-11-29. */
  readonly day: string;
  readonly flow: BillFlow;
  /** Where nobody can be asked: its bill of a day is what it reported on that day. */
  readonly reports?: Reported;
}

/** What a channel's bills are. */
export interface BillFacts {
  /** What it has bills of. The first one is where payments stand by our numbers. */
  readonly flows: readonly [BillFlow, ...BillFlow[]];
  /** Whose days they are of, as the time zone database names it. */
  readonly zone: string;
  /** Milliseconds from the end of the day until its bill is ready. */
  readonly ready_after_ms: number;
}
