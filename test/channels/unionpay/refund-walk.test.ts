import fc from 'fast-check';

import type { HttpReply, HttpRequest } from '../../../src/channels/exchange.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { unionpay } from '../../../src/channels/unionpay/channel.ts';
import { wireTime } from '../../../src/channels/unionpay/number.ts';
import { formatId } from '../../../src/domain/id.ts';
import { toMinor } from '../../../src/domain/money.ts';
import type { Operation } from '../../../src/domain/operation.ts';
import type { Answer } from '../../../src/domain/outcome.ts';
import { Bench, paid, qrCode, timing } from '../../support/payment.ts';
import { account, back, type Members, readRequest, replied, settings } from './unionpay.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 150);
const hour = 3_600_000;

const fates = ['done', 'lost', 'done and lost', 'late', 'busy', 'no money', 'never_sent'] as const;
type Fate = (typeof fates)[number] | 'stuck';

type Step =
  { readonly act: 'perform'; readonly fate: Fate } | { readonly act: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('perform' as const), fate: fc.constantFrom(...fates) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 60_000, 600_000, 2 * hour, 72 * hour) }) },
); // prettier-ignore

/** UnionPay as the sources tell it: an order is its number and its time together, and that time must be now. */
class Gateway {
  readonly kept = new Map<string, Members>();
  readonly tolerance_ms: number;
  readonly looksAtAgeFirst: boolean;
  private underWay: { at: number; members: Members }[] = [];

  constructor(tolerance_ms: number, looksAtAgeFirst: boolean) {
    this.tolerance_ms = tolerance_ms;
    this.looksAtAgeFirst = looksAtAgeFirst;
  }

  /** What is under way arrives. */
  release(now: number): void {
    for (const one of this.underWay) one.at = now;
    this.arrive(now);
  }

  /** A message that arrives later, and whose answer nobody gets. */
  delay(at: number, members: Members): void {
    this.underWay.push({ at, members });
  }

  refund(now: number, members: Members): string {
    this.arrive(now);
    const key = `${members['orderId']} ${members['txnTime']}`;
    const isOld = members['txnTime']! < wireTime(new Date(now - this.tolerance_ms));
    if (isOld && this.looksAtAgeFirst) return '10';
    if (this.kept.has(key)) return '12';
    if (isOld) return '10';
    this.kept.set(key, members);
    return '00';
  }

  query(now: number, { orderId, txnTime }: Members): Members {
    this.arrive(now);
    const found = this.kept.get(`${orderId} ${txnTime}`);
    if (!found) return { respCode: '34' };
    const moved = { queryId: '442611251005000000028', traceTime: txnTime!.slice(4) };
    return { ...found, ...moved, respCode: '00', origRespCode: '00' };
  }

  private arrive(now: number): void {
    const due = this.underWay.filter(({ at }) => at <= now);
    this.underWay = this.underWay.filter(({ at }) => at > now);
    for (const { at, members } of due) this.refund(at, members);
  }
}

/** One refund by the real planner and the real adapter, with a channel to which everything may happen. */
class Walk {
  readonly bench = new Bench({ method: 'unionpay_qr' });
  readonly gateway: Gateway;

  constructor(gateway: Gateway) {
    this.gateway = gateway;
    this.bench.end('create', qrCode);
    this.bench.callback(paid());
    this.bench.tell({ kind: 'command', command: { name: 'refund', amount: toMinor(500), reason: null } }); // prettier-ignore
  }

  get refund() {
    return this.bench.payment.refunds[0]!;
  }

  async take(one: Step): Promise<void> {
    if (one.act === 'wait') this.bench.now += one.ms;
    else await this.perform(one.fate);
  }

  /** From now on nothing is lost. */
  async rest(): Promise<void> {
    for (let rounds = 0; this.refund.status === 'processing'; rounds += 1) {
      if (rounds > 100) throw new Error(`never at rest: ${this.bench.verbs().join()}`);
      await this.perform('done');
    }
  }

  async perform(fate: Fate): Promise<void> {
    const [op] = this.bench.openOperations();
    if (!op) return;
    this.bench.now = Math.max(this.bench.now, op.run_at);
    if (op.verb === 'query_refund') return this.ask(op, fate);
    if (fate === 'never_sent' || this.bench.now >= op.not_after)
      return this.tell(op, { kind: 'never_sent', detail: 'ECONNREFUSED' });
    this.bench.send('refund');
    const answer = await unionpay.refund(this.call(this.struck(op, fate)), this.order(op));
    this.tell(op, answer);
  }

  /** Asked as `poll` asks: that there is none is an answer when it is a fact. */
  private async ask(op: Operation, fate: Fate): Promise<void> {
    if (fate === 'lost') return;
    const told = (members: Members) =>
      said({ ...members, ...this.gateway.query(this.bench.now, members) });
    const answer = await unionpay.queryRefund(this.call(told), this.order(op));
    const isEarly = op.awaits !== 'word' && this.bench.now < (op.settles_at ?? Infinity);
    if (answer.kind === 'unknown' || (answer.kind === 'not_found' && isEarly))
      return void (this.bench.now += 5_000);
    this.tell(op, answer);
  }

  private struck(op: Operation, fate: Fate): (members: Members) => HttpReply {
    const lost: HttpReply = { kind: 'lost', detail: 'ECONNRESET' };
    return (members) => {
      if (fate === 'lost') return lost;
      if (fate === 'busy') return said({ ...members, respCode: '06' });
      if (fate === 'no money') return said({ ...members, respCode: '33' });
      if (fate === 'late' || fate === 'stuck') {
        const at = fate === 'late' ? op.not_after + timing.channel_timeout_ms : Infinity;
        this.gateway.delay(at, members);
        return lost;
      }
      const respCode = this.gateway.refund(this.bench.now, members);
      return fate === 'done' ? said({ ...members, respCode }) : lost;
    };
  }

  private call(reply: (members: Members) => HttpReply) {
    const send = (request: HttpRequest) => Promise.resolve(reply(readRequest(request).members));
    return { account, send, now: () => new Date(this.bench.now) };
  }

  /** As the store hands it over. */
  private order({ id }: Operation): RefundOrder {
    const { operations } = this.bench.attempt;
    const calls = operations.filter(
      (op) => op.verb === 'refund' && (op.sent_at !== null || op.id === id),
    );
    const bytes = Buffer.alloc(16);
    bytes.writeUIntBE(this.refund.created_at, 0, 6);
    return { ...back, reference: formatId('ref', bytes), calls };
  }

  private tell(op: Operation, answer: Answer): void {
    this.bench.tell({ kind: 'outcome', operation: op.id, answer });
  }
}

const said = ({ signature: _, ...members }: Members) =>
  replied({ ...members, merId: settings.mer_id });

test('on any walk a refund comes to the payer once, however late it leaves and whatever was lost of it', async () => {
  const walk = fc.record({
    steps: fc.array(step, { maxLength: 25 }),
    tolerance_ms: fc.constantFrom(330_000, 15 * 60_000, 24 * hour),
    looksAtAgeFirst: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(walk, async ({ steps, tolerance_ms, looksAtAgeFirst }) => {
      const gateway = new Gateway(tolerance_ms, looksAtAgeFirst);
      const one = new Walk(gateway);
      for (const next of steps) await one.take(next);
      await one.rest();
      expect(one.refund.status).toBe('succeeded');
      expect([...gateway.kept.values()].map(({ txnAmt }) => txnAmt)).toEqual(['500']);
    }),
    { numRuns },
  );
});

describe.each([330_000, 15 * 60_000, 24 * hour])(
  'where a time may be %i ms old',
  (tolerance_ms) => {
    test.each([
      [0, true],
      [10 * 60_000, true],
      [2 * hour, true],
      [10 * 60_000, false],
      [2 * hour, false],
    ])(
      'a refund that UnionPay denied, and that comes out of its queue after it was sent again %i ms later, is made once (age first: %s)',
      async (outageMs, looksAtAgeFirst) => {
        const gateway = new Gateway(tolerance_ms, looksAtAgeFirst);
        const one = new Walk(gateway);
        await one.take({ act: 'perform', fate: 'stuck' });
        await one.take({ act: 'wait', ms: outageMs });
        await one.rest();
        gateway.release(one.bench.now + 1_000);
        expect(one.refund.status).toBe('succeeded');
        expect(gateway.kept.size).toBe(1);
      },
    );
  },
);
