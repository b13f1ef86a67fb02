import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

async function offered(scene: Scene, ends: string[], given: object = {}): Promise<boolean> {
  scene.order.ends = ends;
  await scene.create({ type: 'paypal' }, given);
  return (await scene.untilWaiting()) !== null;
}

/** He agrees on PayPal's page, and the product captures. */
export async function paypalPaid(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['succeeded']))) return;
  await scene.act('pay');
  await scene.untilFinal();
}

/** Nobody agrees before the end. */
export async function paypalAbandoned(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['canceled'], { expires_in: scene.chance.whole(1, 5) }))) return;
  await scene.untilFinal();
}

/** F10: he agrees while the merchant cancels: whichever comes first, what is taken is what is said. */
export async function paypalCanceled(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['succeeded', 'canceled']))) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  await Promise.all([later(offset, () => scene.act('pay')), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** Paid, and given back in parts, some at once. */
export async function paypalRefunded(scene: Scene): Promise<void> {
  await paypalPaid(scene);
  if (scene.order.stuck) return;
  const part = Math.ceil(scene.order.amount / 3);
  await Promise.all([scene.refund(part), scene.refund(part)]);
}
