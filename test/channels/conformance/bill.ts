import type { BillAnswer, BillRow } from '../../../src/domain/bill.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { type Conformant, eventually, Rig } from '../rig.ts';

const dayMs = 86_400_000;
const tells = (answer: BillAnswer, { reference }: { reference: string }) =>
  answer.kind === 'bill' && answer.rows.some((row) => row.reference === reference);

/** Where a channel has bills: the one of a day tells what moved on it, or why there is none, and no fault makes it tell a part. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function bills(given: Conformant): void {
  const { channel } = given;
  const { flows, zone } = channel.facts.bill!;
  let rig: Rig;
  let order: Awaited<ReturnType<Rig['paid']>>['order'];
  let receipt: Awaited<ReturnType<Rig['paid']>>['receipt'];
  let refund: ReturnType<Rig['refundOf']>;
  let days: string[];

  const dayOf = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(ms);
  /** Where nobody can be asked all of it is reported on the last of the days. */
  const reports = (day: string) => {
    const isThen = day === days.at(-1);
    const told = isThen ? rig.readings() : [];
    const names = told.flatMap((one) => (one.kind === 'report' ? [one.name] : []));
    return rig.isReported ? { reports: { names, before: [] } } : {};
  };
  /** Whether the day is over only our own clock says there; elsewhere it is the channel's, and ours dates signatures. */
  const now = () => new Date(Date.now() + (rig.isReported ? 2 * dayMs : 0));
  const bill = (day: string, flow = flows[0], ms?: number): Promise<BillAnswer> =>
    channel.bill!({ ...rig.call(ms), now }, { day, flow, ...reports(day) });
  const dayWithRows = () => days.at(rig.isReported ? -1 : 0)!;
  /** All that the bills of the days say on which this was done: two, where it was done at midnight. */
  const rows = async (flow = flows[0]): Promise<readonly BillRow[]> => {
    const told: BillRow[] = [];
    for (const day of days) {
      const answer = await bill(day, flow);
      if (answer.kind === 'bill') told.push(...answer.rows);
      else if (answer.kind !== 'no_bill' || days.length === 1)
        throw new Error(`bill of ${day}: ${JSON.stringify(answer)}`);
    }
    return told;
  };

  describe('a bill', () => {
    beforeAll(async () => {
      rig = await Rig.open(given);
      const began = Date.now();
      ({ order, receipt } = await rig.paid());
      refund = rig.refundOf(order, receipt, { amount: toMinor(500) });
      await channel.refund(rig.call(), refund);
      await eventually(async () => (await rig.books(order))[0].refunded === 500);
      days = [...new Set([dayOf(began), dayOf(Date.now())])];
      await rig.sandbox.control('POST', 'clock', { advance_ms: 2 * dayMs });
      if (rig.isReported) await eventually(async () => tells(await bill(days.at(-1)!), refund));
    });
    afterAll(() => rig.sandbox.close());
    afterEach(() => rig.sandbox.control('DELETE', 'faults'));

    test('tells what was paid and what went back, by our numbers and the channel’s, exactly', async () => {
      const told = await rows();
      const { amount, currency } = order;
      const { channel_reference, paid_at } = receipt;
      expect(told.filter((row) => row.reference === order.reference)).toMatchObject([
        { kind: 'payment', direction: 'in', channel_reference, amount, currency },
      ]);
      expect(told.filter((row) => row.reference === refund.reference)).toMatchObject([
        { kind: 'refund', direction: 'out', amount: 500, currency },
      ]);
      const [paid] = told.filter((row) => row.kind === 'payment');
      expect(Math.abs(Date.parse(paid!.at) - Date.parse(paid_at))).toBeLessThan(60_000);
    });

    test.each(flows)(
      'of its %s flow has rows of that day alone, each with its direction',
      async (flow) => {
        const told = await rows(flow);
        expect(told.length).toBeGreaterThan(1);
        expect(new Set(told.map((row) => row.direction))).toEqual(new Set(['in', 'out']));
        expect(days).toEqual(expect.arrayContaining(told.map(({ at }) => dayOf(Date.parse(at)))));
      },
    );

    test('of a day on which nothing moved is none', async () => {
      expect((await bill(dayOf(Date.now() - 3 * dayMs))).kind).toBe('no_bill');
    });

    test('of a day that is not over is not ready', async () => {
      expect((await bill(dayOf(Date.now() + 3 * dayMs))).kind).toBe('not_ready');
    });

    test.each(['reset_mid_body', 'http_500_before_commit', 'http_500_after_commit', 'system_error_after_commit', 'timeout_before_commit'])(
      'with %s is unknown, and read again it is whole',
      async (fault) => {
        await rig.fault('bill', fault);
        const answer = await bill(dayWithRows(), flows[0], fault.startsWith('timeout') ? 1_000 : undefined);
        expect(answer).toEqual({ kind: 'unknown', detail: expect.any(String) });
        expect((await rows()).map((row) => row.reference)).toContain(order.reference);
      },
    ); // prettier-ignore

    test.each([['bill', 'rate_limit'], ['any', 'refuse_connection']])(
      'for which %s answers %s has told nothing',
      async (operation, fault) => {
        await rig.fault(operation, fault, operation === 'any' ? {} : { count: 1 });
        expect(['never_sent', 'unknown']).toContain((await bill(dayWithRows())).kind);
      },
    ); // prettier-ignore

    test('is told as it is: a row that lacks, one of nobody’s, one of another amount', async () => {
      const told = await rows();
      const about = (some: readonly BillRow[]) =>
        some.filter((row) => row.reference === order.reference);
      const spoilt = async (fault: string, more: object) => {
        await rig.fault('bill', fault, more);
        const spoilt = await rows();
        await rig.sandbox.control('DELETE', 'faults');
        return spoilt;
      };
      const { reference } = refund;
      expect(await spoilt('missing_row', { reference })).toHaveLength(told.length - 1);
      const extra = await spoilt('extra_row', {});
      expect([extra.length, about(extra)]).toEqual([told.length + 1, about(told)]);
      const drifted = await spoilt('amount_drift', { reference });
      expect(drifted.find((row) => row.reference === reference)!.amount).not.toBe(500);
      expect(await rows()).toEqual(told);
    });
  });
}
