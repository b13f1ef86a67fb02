import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

const currencies = { ideal: 'EUR', grabpay: 'SGD' } as const;

async function sent(scene: Scene, ends: string[], given: object = {}): Promise<boolean> {
  scene.order.ends = ends;
  const type = scene.chance.pick(['ideal', 'grabpay'] as const);
  scene.order.currency = currencies[type];
  await scene.create({ type }, given);
  return (await scene.untilWaiting()) !== null;
}

/** Paid on the page of his bank, or of his wallet. */
export async function pagePaid(scene: Scene): Promise<void> {
  if (!(await sent(scene, ['succeeded']))) return;
  await scene.open();
  await scene.act('pay');
  await scene.untilFinal();
}

/** He does not pay there, and takes a card. */
export async function pageSwitched(scene: Scene): Promise<void> {
  if (!(await sent(scene, ['succeeded']))) return;
  await scene.act('decline');
  if (await scene.untilDeclined()) await scene.confirm({ type: 'card', token: 'tok_ok' });
  await scene.untilFinal();
}

/** Nobody comes to the page. */
export async function pageAbandoned(scene: Scene): Promise<void> {
  if (!(await sent(scene, ['canceled'], { expires_in: scene.chance.whole(1, 5) }))) return;
  await scene.untilFinal();
}

/** F10: he pays while the merchant cancels. */
export async function pageCanceled(scene: Scene): Promise<void> {
  if (!(await sent(scene, ['succeeded', 'canceled']))) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  await Promise.all([later(offset, () => scene.act('pay')), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** F9: he pays although it was closed. */
export async function pageLate(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  if (!(await sent(scene, ['canceled']))) return;
  await scene.cancel();
  if (await scene.untilFinal()) await scene.act('pay', true);
}

/** Paid, and two parts go back at once. */
export async function pageRefunded(scene: Scene): Promise<void> {
  await pagePaid(scene);
  if (scene.order.stuck) return;
  const half = Math.floor(scene.order.amount / 2);
  await Promise.all([scene.refund(half), scene.refund(half)]);
}
