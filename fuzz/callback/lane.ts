import { setTimeout as pause } from 'node:timers/promises';

import type { Scene } from '../attack.ts';
import { Chance } from '../chance.ts';
import { payer } from '../sandbox.ts';
import { damaged, encoded, mutated } from './mutation.ts';
import { lookAt, type Notice, type Tongue, type Victim } from './notice.ts';

export type Form = 'forged' | 'signed';

/** So often a victim is looked at: what changed it is one of so many. */
const lookEvery = 15;

/** A signal, a transaction and a look: a change that was set in motion shows within this, also on a loaded machine. */
const settleMs = 1_000;

/** One sender of callbacks with victims of its own, so that what changed one of them is known. */
export class Lane {
  readonly sent: Record<Form, number> = { forged: 0, signed: 0 };
  /** Correctly signed ones that said what may change the victim. */
  meaningful = 0;
  acknowledged = 0;
  private readonly scene: Scene;
  private readonly tongue: Tongue;
  private readonly chance: Chance;
  private readonly victims = new Map<Victim['kind'], Victim>();
  private recent: string[] = [];

  constructor(scene: Scene, tongue: Tongue, index: number) {
    this.scene = scene;
    this.tongue = tongue;
    this.chance = new Chance(scene.seed, `${tongue.channel} ${index}`);
  }

  /** An untouched callback must work, or everything after it proves nothing. */
  async warmUp(): Promise<void> {
    for (const kind of this.kinds) {
      const victim = await this.victim(kind);
      const body = this.tongue.wrap(said(this.tongue.sample(victim)), victim);
      const { status, text } = await this.post(this.tongue.sign(body));
      if (status >= 300) throw new Error(`an untouched ${this.tongue.channel} callback about a ${kind} is refused: ${status} ${text}`);
      for (const deadline = Date.now() + 20_000; !(await this.hasChanged(victim)); await pause(100))
        if (Date.now() > deadline) throw new Error(`an untouched ${this.tongue.channel} callback about a ${kind} changes nothing`);
      this.victims.delete(kind);
    }
  } // prettier-ignore

  async run(form: Form, count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      if (form === 'forged') await this.forge();
      else await this.speak();
      if (i % lookEvery === lookEvery - 1) await this.lookAtAll();
    }
    await pause(settleMs);
    await this.lookAtAll();
  }

  private async forge(): Promise<void> {
    const { tongue, chance } = this;
    const victim = await this.victim();
    const body = tongue.wrap(said(tongue.sample(victim)), victim);
    const signed = tongue.sign(body);
    const notice = this.forged(signed, body, victim);
    if (tongue.isSame(notice.body, signed.body) && notice.headers === signed.headers) return;
    this.note(notice);
    const { status, text } = await this.post(notice);
    this.sent.forged += 1;
    const isRefused = status === tongue.refusal || [400, 413, 431].includes(status);
    this.scene.findings.expect(isRefused, 'a forged callback is refused in the channel’s way', () => `${status} ${text.slice(0, 100)} to ${this.recent.at(-1) ?? ''}`);
    if (chance.below(50) === 0) await this.elsewhere(signed);
  } // prettier-ignore

  private forged(signed: Notice, body: Buffer, victim: Victim): Notice {
    const { tongue, chance } = this;
    switch (chance.below(4)) {
      case 0:
        return chance.pick(tongue.spoilings)(signed);
      case 1:
        return chance.pick(tongue.strangers)(body);
      case 2:
        return { ...signed, body: damaged(signed.body, chance) };
      default:
        return { ...signed, body: this.mutant(victim).body };
    }
  }

  /** A genuine callback at an address that is not its own. */
  private async elsewhere(notice: Notice): Promise<void> {
    for (const account of ['cha_01h45ytscbebyvny4gc8cr8ma2', '__proto__', '%00', 'x'.repeat(3_000)]) {
      const { status } = await this.post(notice, account);
      this.scene.findings.expect(status === 404, 'an unknown account is not found', () => `${account.slice(0, 40)}: ${status}`);
    }
  } // prettier-ignore

  private async speak(): Promise<void> {
    const { tongue } = this;
    const victim = await this.victim();
    const { body, headers = {} } = this.mutant(victim);
    const signed = tongue.sign(body);
    const notice = { body: signed.body, headers: { ...signed.headers, ...headers } };
    const isMeant = tongue.means(body, victim);
    this.note(notice);
    const { status, text } = await this.post(notice);
    this.sent.signed += 1;
    const isTaken = status >= 200 && status < 300;
    if (isTaken) this.acknowledged += 1;
    if (isMeant) this.meaningful += 1;
    if (isMeant && isTaken) this.victims.delete(victim.kind);
    this.scene.findings.expect(isTaken || (status >= 400 && status < 500), 'a signed callback is acknowledged or refused', () => `${status} ${text.slice(0, 100)} to ${this.recent.at(-1) ?? ''}`);
    if (tongue.acknowledgesOnlyMeaning) this.scene.findings.expect(!isTaken || isMeant, 'what means nothing is not acknowledged', () => `${status} to ${this.recent.at(-1) ?? ''}`);
  } // prettier-ignore

  /** A sample, changed in what is said, in what is around it, in its bytes, or in how those are written. */
  private mutant(victim: Victim): ReturnType<typeof encoded> {
    const { tongue, chance } = this;
    const sample = tongue.sample(victim);
    const whole = () => tongue.wrap(said(sample), victim);
    switch (chance.below(10)) {
      case 0:
        return { body: damaged(whole(), chance) };
      case 1:
        return { body: tongue.wrap(damaged(said(sample), chance), victim) };
      case 2:
        return encoded(whole(), chance);
      case 3:
      case 4:
        return this.mutantAround(whole()) ?? this.mutantWithin(sample, victim);
      default:
        return this.mutantWithin(sample, victim);
    }
  } // prettier-ignore

  private mutantWithin(sample: object, victim: Victim): ReturnType<typeof encoded> {
    return { body: this.tongue.wrap(Buffer.from(mutated(sample, this.chance)), victim) };
  }

  /** Null where nothing in JSON is around it. */
  private mutantAround(whole: Buffer): ReturnType<typeof encoded> | null {
    const text = whole.toString('utf8');
    if (!text.startsWith('{')) return null;
    return { body: Buffer.from(mutated(JSON.parse(text) as object, this.chance)) };
  }

  private post({ headers, body }: Notice, account = this.tongue.account) {
    const path = `/v1/callbacks/${this.tongue.channel}/${account}`;
    return this.scene.stage.wire.ask({ method: 'POST', path, headers, body });
  }

  private note({ headers, body }: Notice): void {
    const text = `${JSON.stringify(headers).slice(0, 250)} ${body.toString('latin1').slice(0, 600)}`;
    this.recent = [...this.recent.slice(1 - lookEvery * 2), text];
  }

  /** Nothing that was sent since the last look may have changed a victim: what may is followed by a new one. */
  private async lookAtAll(): Promise<void> {
    for (const [kind, victim] of this.victims) {
      if (!(await this.hasChanged(victim))) continue;
      const now = await this.lookOf(victim);
      this.scene.findings.add('only meaning changes a payment', `${victim.payment.id} ${kind}: ${victim.before} → ${now}; of: ${this.recent.slice(-lookEvery).join(' ¦ ')}`);
      this.victims.delete(kind);
    }
  } // prettier-ignore

  private async hasChanged(victim: Victim): Promise<boolean> {
    return (await this.lookOf(victim)) !== victim.before;
  }

  private lookOf({ payment, refund }: Victim): Promise<string> {
    return lookAt(this.scene.stage.shop, payment.id, refund);
  }

  private drawKind(): Victim['kind'] {
    return this.tongue.orders.refund && this.chance.below(4) === 0 ? 'refund' : 'payment';
  }

  private get kinds(): readonly Victim['kind'][] {
    return this.tongue.orders.refund ? ['payment', 'refund'] : ['payment'];
  }

  private async victim(kind: Victim['kind'] = this.drawKind()): Promise<Victim> {
    const held = this.victims.get(kind);
    if (held) return held;
    const victim = await (kind === 'payment' ? this.unpaid() : this.unrefunded());
    this.victims.set(kind, victim);
    return victim;
  } // prettier-ignore

  private async unpaid(): Promise<Victim> {
    const { shop } = this.scene.stage;
    const payment = await shop.create(this.tongue.orders.payment);
    const reference = payment.attempts[0]?.reference ?? '';
    if (payment.status !== 'requires_action')
      throw new Error(`${payment.id} is ${payment.status}, not requires_action`);
    const before = await lookAt(shop, payment.id, null);
    return { kind: 'payment', payment, reference, refund: null, before };
  }

  private async unrefunded(): Promise<Victim> {
    const { shop, sandbox } = this.scene.stage;
    const made = await shop.create(this.tongue.orders.refund);
    const { reference: paid = '' } = made.attempts[0] ?? {};
    if (made.status === 'requires_action') await payer(sandbox, this.tongue.channel, paid, 'pay');
    const payment = await this.succeeded(made.id);
    const { text } = await shop.post('/v1/refunds', { payment_id: payment.id, wait: 0 });
    const { id: refund } = JSON.parse(text) as { id: string };
    await pause(300); // the channel has taken it
    const before = await lookAt(shop, payment.id, refund);
    return { kind: 'refund', payment, reference: refund, refund, before };
  }

  private async succeeded(id: string) {
    for (const deadline = Date.now() + 20_000; ; await pause(50)) {
      const payment = await this.scene.stage.shop.payment(id);
      if (payment.status === 'succeeded') return payment;
      if (Date.now() > deadline) throw new Error(`${id} is ${payment.status}, not succeeded`);
    }
  }
}

function said(sample: object): Buffer {
  return Buffer.from(JSON.stringify(sample));
}
