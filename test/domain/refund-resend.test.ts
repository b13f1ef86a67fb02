import fc from 'fast-check';

import { allChannels } from '../../src/channels/registry.ts';
import type { ChannelRules } from '../../src/domain/channel.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { RefundAnswer } from '../../src/domain/outcome.ts';
import { Bench, cny, paid, qrCode, rulesOf } from '../support/payment.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 150);
const day = 86_400_000;
const lost = { kind: 'unknown', detail: 'ECONNRESET' } as const;
const made: RefundAnswer = { kind: 'refund', status: 'succeeded', channel_reference: 're_1', amount: toMinor(1_999), currency: cny }; // prettier-ignore

type Window = Pick<ChannelRules, 'replay_window_ms' | 'reported_after_ms'>;
type Fate = 'lost before' | 'lost after' | 'never sent';
interface Step {
  readonly fate: Fate;
  readonly waits_ms: number;
}

/**
 * A channel that makes a refund anew for every key that it does not know, forgets a key as soon as it may, answers no call, and
 * whose reports never name a refund: the worst that its facts allow.
 */
class Forgetful {
  readonly bench: Bench;
  refunds = 0;
  private readonly keys = new Map<string, number>();
  private readonly window: Window;

  constructor(window: Window) {
    this.window = window;
    const rules = { ...rulesOf({ channel: 'wechat-pay', method: 'wechat_pay_qr' }), ...window };
    this.bench = new Bench({ rules });
    this.bench.end('create', qrCode);
    this.bench.callback(paid());
    this.bench.tell({ kind: 'command', command: { name: 'refund', amount: null, reason: null } });
  }

  get refund() {
    return this.bench.payment.refunds[0]!;
  }

  /** The next thing that is open happens, so much later. False when nothing is. */
  step({ fate, waits_ms }: Step): boolean {
    const { bench } = this;
    const [op] = bench.openOperations().sort((one, other) => one.run_at - other.run_at);
    if (!op) return false;
    bench.now = Math.max(bench.now, op.run_at) + waits_ms;
    if (op.verb === 'refund') this.call(op, fate);
    else this.ask(op);
    return true;
  }

  private call(op: Operation, fate: Fate): void {
    const { bench } = this;
    if (bench.now >= op.not_after || fate === 'never sent')
      return void bench.end('refund', { kind: 'never_sent', detail: fate });
    bench.send('refund');
    if (fate === 'lost after') this.carryOut(op.channel_key);
    bench.end('refund', lost);
  }

  private carryOut(key: string): void {
    const { replay_window_ms } = this.window;
    const known = this.keys.get(key);
    if (known !== undefined && this.bench.now < known + (replay_window_ms ?? Infinity)) return;
    this.keys.set(key, this.bench.now);
    this.refunds += 1;
  }

  private ask(op: Operation): void {
    const { bench } = this;
    const isKnown = this.refunds > 0 && this.window.reported_after_ms === null;
    if (!isKnown) bench.now = Math.max(bench.now, op.settles_at ?? 0);
    const isOver = bench.now >= op.not_after;
    bench.end('query_refund', isKnown ? made : isOver ? 'silent' : { kind: 'not_found' });
  }
}

const steps = fc.array(
  fc.record({
    fate: fc.constantFrom<Fate>('lost before', 'lost after', 'never sent'),
    waits_ms: fc.oneof(fc.constant(0), fc.nat(60_000), fc.nat(40 * day)),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Is never made twice; and where nobody can be asked, it is never forgotten either: a person is. */
function neverTwice(window: Window, walk: readonly Step[]): void {
  const channel = new Forgetful(window);
  for (const one of walk) {
    channel.step(one);
    expect(channel.refunds).toBeLessThan(2);
  }
  if (window.reported_after_ms === null || window.replay_window_ms === null) return; // asked, or sent until it is heard
  const next = (round: number) =>
    ({ fate: 'lost after', waits_ms: (round % 2) * 3 * day }) as const; // also too late to be sent
  for (let round = 0; channel.step(next(round)); round += 1)
    if (round > 60) throw new Error(`never at rest: ${channel.bench.verbs().join()}`);
  expect(channel.refunds).toBeLessThan(2);
  expect(channel.refund.status).toBe('needs_attention');
  expect(channel.bench.payment.cases).toMatchObject([{ kind: 'outcome_unknown', status: 'open' }]);
}

test.each(allChannels().map(({ slug, facts }) => [slug, facts] as const))(
  'at %s a refund whose answer is lost is never made twice',
  (_, { replay_window_ms, reported_after_ms }) => {
    const window = { replay_window_ms, reported_after_ms };
    fc.assert(
      fc.property(steps, (walk) => neverTwice(window, walk)),
      { numRuns: numRuns / 10 },
    );
  },
);

const span = fc.option(fc.constantFrom(60_000, 3_600_000, day, 7 * day, 21 * day, 45 * day), { nil: null }); // prettier-ignore

test('whatever a channel says of its keys and its reports, a refund whose answer is lost is never made twice', () => {
  const facts = fc.record({ replay_window_ms: fc.oneof(span, fc.constant(0)), reported_after_ms: span }); // prettier-ignore
  fc.assert(fc.property(facts, steps, neverTwice), { numRuns });
});
