import type { Payment } from '../contract.ts';
import { forgeries } from '../forger.ts';
import type { Scene } from '../scene.ts';

const card = (token: string) => ({ type: 'card', token });
const isHeld = ({ status }: Payment) => status === 'requires_capture';

/** Charged at once. */
export async function cardPaid(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(card('tok_ok'));
  await scene.untilFinal();
}

/** Charged, and whoever charged it never hears so. */
export async function cardUnknown(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  scene.order.isSlow = true;
  await scene.create(card('tok_unknown'));
  await scene.untilFinal();
}

/** Never charged, and whoever wanted to never hears so. */
export async function cardLost(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  scene.order.isSlow = true;
  await scene.create(card('tok_lost'), { expires_in: scene.chance.whole(2, 6) });
  await scene.untilFinal();
}

/** The bank takes its time. */
export async function cardProcessing(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  scene.order.isSlow = true;
  await scene.create(card('tok_processing'));
  await scene.untilFinal();
}

/** 3-D Secure: he proves who he is, or fails to and takes another card, or walks away. */
export async function cardAsked(scene: Scene): Promise<void> {
  const way = scene.chance.weighted({ proves: 6, fails: 2, leaves: 2 });
  scene.order.ends = [way === 'leaves' ? 'canceled' : 'succeeded'];
  await scene.create(card('tok_3ds'), { expires_in: way === 'leaves' ? 5 : 1_800 });
  if (way === 'leaves') {
    await scene.untilFinal();
    return;
  }
  if (!(await scene.untilWaiting())) return;
  await scene.act(way === 'proves' ? 'authenticate' : 'decline');
  if (way === 'fails') await anotherCard(scene);
  await scene.untilFinal();
}

/** F13: nobody has proved anything, but somebody says that he paid. */
export async function cardForged(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(card('tok_3ds'), { expires_in: 20 });
  if (!(await scene.untilWaiting())) return;
  for (const forgery of forgeries) await scene.forge(forgery);
  await scene.untilFinal();
}

const refused = ['tok_declined', 'tok_insufficient_funds', 'tok_expired', 'tok_fraud'];

/** Refused, and that is the end. */
export async function cardDeclined(scene: Scene): Promise<void> {
  scene.order.ends = ['failed'];
  await scene.create(card(scene.chance.pick(refused)), { on_decline: 'fail' });
  await scene.untilFinal();
}

/** Refused; he takes another card. */
export async function cardSwitched(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(card(scene.chance.pick(refused)), { on_decline: 'retry' });
  await anotherCard(scene);
  await scene.untilFinal();
}

async function anotherCard(scene: Scene): Promise<void> {
  const isOver = ({ status }: Payment) => status === 'requires_payment_method';
  if (await scene.until('requires_payment_method', isOver)) await scene.confirm(card('tok_ok'));
}

/** Held, then captured: whole, in parts, or in part with the rest released. */
export async function cardCaptured(scene: Scene): Promise<void> {
  const { order, chance } = scene;
  order.ends = ['succeeded'];
  await scene.create(card('tok_ok'), { capture: 'manual' });
  if (!(await scene.until('requires_capture', isHeld))) return;
  const part = Math.floor(order.amount * 0.4);
  const way = chance.weighted({ whole: 4, parts: 3, final: 2, released: 2 });
  if (way === 'whole') await scene.capture({ amount: order.amount });
  if (way === 'final') await scene.capture({ amount: part, final: true });
  if (way === 'parts' || way === 'released') await scene.capture({ amount: part });
  if (way === 'parts') {
    await scene.until('partially_captured', (payment) => payment.status === 'partially_captured');
    await scene.capture({ amount: order.amount - part });
  }
  if (way === 'released') {
    await scene.until('partially_captured', (payment) => payment.status === 'partially_captured');
    await scene.cancel();
  }
  await scene.untilFinal();
}

/** Held and released, sometimes while it is captured. */
export async function cardVoided(scene: Scene): Promise<void> {
  const isRace = scene.chance.hits(0.4);
  scene.order.ends = isRace ? ['canceled', 'succeeded'] : ['canceled'];
  await scene.create(card('tok_ok'), { capture: 'manual' });
  if (!(await scene.until('requires_capture', isHeld))) return;
  const { amount } = scene.order;
  if (isRace) await Promise.all([scene.capture({ amount }), scene.cancel()]);
  else await scene.cancel();
  await scene.untilFinal();
}

/** F11: a second charge under the same number, made by nobody of ours. */
export async function cardTwice(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  await cardPaid(scene);
  await scene.act('pay', true);
}

/** F17: many refunds at once, that together are more than what was paid. */
export async function cardRefunded(scene: Scene): Promise<void> {
  await cardPaid(scene);
  if (scene.order.stuck) return;
  const count = scene.chance.whole(1, 6);
  const part = Math.ceil(scene.order.amount * scene.chance.pick([0.25, 0.4, 0.5, 1]));
  await Promise.all(Array.from({ length: count }, () => scene.refund(part)));
}

/** Held, raised, sometimes twice at once, and captured at what was held in the end. */
export async function cardRaised(scene: Scene): Promise<void> {
  const { order, chance } = scene;
  order.ends = ['succeeded'];
  order.isSlow = true;
  await scene.create(card('tok_ok'), { capture: 'manual' });
  if (!(await scene.until('requires_capture', isHeld))) return;
  const totals = chance.hits(0.3) ? [order.amount + 100, order.amount + 200] : [order.amount + 100];
  await Promise.all(totals.map((amount) => scene.raise(amount)));
  const isSettled = ({ increments = [] }: Payment) =>
    increments.every(({ status }) => status !== 'processing');
  const settled = await scene.until('the end of what raises it', isSettled);
  if (settled) await scene.capture({ amount: settled.amount_capturable });
  await scene.untilFinal();
}

/** Charged, and contested for a part weeks later, as we are told; nothing else about it changes. */
export async function cardDisputed(scene: Scene): Promise<void> {
  const { order, chance } = scene;
  await cardPaid(scene);
  if (order.stuck) return;
  const part = Math.ceil(order.amount * 0.4);
  const outcome = chance.pick(['won', 'lost'] as const);
  await scene.dispute(part);
  await scene.until('amount_disputed', ({ amount_disputed }) => amount_disputed === part);
  await scene.resolveDispute(outcome);
  order.disputed = outcome === 'lost' ? part : 0;
  await scene.refund(order.amount - part);
}
