import { isFinal, type Payment } from './contract.ts';
import type { Blow, Victim } from './killer.ts';
import { keyCanary, type Merchant } from './merchant.ts';
import type { Reader } from './reader.ts';
import type { Order } from './scene.ts';
import { pause } from './wire.ts';

/** The longest that was measured, in seconds. */
export interface RecoverySeconds {
  /** From the kill to the first payment that was accepted. */
  readonly accepting: Partial<Record<Victim, number>>;
  /** From the kill until every payment that waited for the product had moved on. */
  readonly resumed: Partial<Record<Victim, number>>;
}

interface Waiting {
  readonly blow: Blow;
  readonly victim: Victim;
  readonly ids: readonly string[];
}

/** Measures, after each blow that has one victim, how soon the product is itself again. */
export class Recovery {
  readonly probes: Order[] = [];
  private readonly accepting: Partial<Record<Victim, number>> = {};
  private readonly waiting: Waiting[] = [];
  private readonly asking = new Set<Promise<void>>();
  private readonly merchant: Merchant;
  private readonly reader: Reader;
  private readonly seed: string;

  constructor(merchant: Merchant, reader: Reader, seed: string) {
    this.merchant = merchant;
    this.reader = reader;
    this.seed = seed;
  }

  /** @param isSlow payments that wait for the channel by its own will */
  begin(blow: Blow, isSlow: (id: string) => boolean): void {
    const [victim] = blow.victims;
    if (blow.tier !== 'A' || !victim) return;
    const sights = [...this.reader.last.values()].map((sight) => sight.payment);
    const ids = sights.filter((one) => isInHand(one) && !isSlow(one.id)).map((one) => one.id);
    this.waiting.push({ blow, victim, ids });
    const asked = this.untilAccepted(blow, victim).finally(() => this.asking.delete(asked));
    this.asking.add(asked);
  }

  /** What was measured. To be asked for when the reader has seen the end. */
  async seconds(): Promise<RecoverySeconds> {
    await Promise.all(this.asking);
    const resumed: Partial<Record<Victim, number>> = {};
    for (const { blow, victim, ids } of this.waiting) {
      const times = ids.map((id) => this.reader.moves.get(id)?.find((at) => at > blow.at));
      const moved = times.filter((at) => at !== undefined);
      const longest = Math.max(0, ...moved.map((at) => (at - blow.at) / 1_000));
      resumed[victim] = rounded(Math.max(resumed[victim] ?? 0, longest));
    }
    return { accepting: this.accepting, resumed };
  }

  private async untilAccepted(blow: Blow, victim: Victim): Promise<void> {
    const order_no = `${this.seed}-probe-${this.probes.length}`;
    const order: Order = {
      index: -1, story: 'probe', order_no, amount: 100, currency: 'CNY', payment: null,
      ends: ['canceled'], refunds: [], captures: [], disputed: 0, isForced: false, isSlow: true, stuck: null,
    }; // prettier-ignore
    this.probes.push(order);
    const body = { order_no, amount: 100, currency: 'CNY', expires_in: 2, wait: 0 };
    for (;;) {
      const key = `${keyCanary}-${order_no}`;
      const reply = await this.merchant.post('/v1/payments', body, key, 5_000).catch(() => null);
      if (reply?.status === 201) {
        order.payment = (reply.body as Payment).id;
        const seconds = (Date.now() - blow.at) / 1_000;
        this.accepting[victim] = rounded(Math.max(this.accepting[victim] ?? 0, seconds));
        return;
      }
      if (Date.now() - blow.at > 120_000) return;
      await pause(100);
    }
  }
}

/** The product owes it something at this moment. */
function isInHand(payment: Payment): boolean {
  const isOwed = payment.status === 'processing' || payment.status === 'canceling';
  return isOwed && payment.outcome === 'known' && !isFinal(payment);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
