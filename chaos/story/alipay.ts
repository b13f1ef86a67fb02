import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

const code = { type: 'alipay_qr' };

async function shown(scene: Scene, ends: string[], given: object = {}): Promise<boolean> {
  scene.order.ends = ends;
  await scene.create(code, given);
  return (await scene.untilWaiting()) !== null;
}

/** Scanned and paid. */
export async function alipayPaid(scene: Scene): Promise<void> {
  if (!(await shown(scene, ['succeeded']))) return;
  if (scene.chance.hits(0.2)) await scene.act('decline'); // he has scanned it, and may try again
  await scene.act('pay');
  await scene.untilFinal();
}

/** Nobody scans it: the channel never hears of an order, and it is over half a minute after its end. */
export async function alipayUnopened(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(code, { expires_in: scene.chance.whole(1, 5) });
  if (scene.chance.hits(0.3)) await scene.cancel();
  await scene.untilFinal();
}

/** He scans it and does not pay; the merchant cancels. */
export async function alipayOpened(scene: Scene): Promise<void> {
  if (!(await shown(scene, ['canceled']))) return;
  await scene.act('decline');
  await scene.cancel();
  await scene.untilFinal();
}

/** F10: he scans and pays while the merchant cancels a code that nobody had seen: nobody could close it before. */
export async function alipayCanceled(scene: Scene): Promise<void> {
  if (!(await shown(scene, ['succeeded']))) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  await Promise.all([later(offset, () => scene.act('pay')), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** F9: he pays although the order was closed. */
export async function alipayLate(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  await alipayOpened(scene);
  if (!scene.order.stuck) await scene.act('pay', true);
}

/** Paid, and two parts go back at once. */
export async function alipayRefunded(scene: Scene): Promise<void> {
  await alipayPaid(scene);
  if (scene.order.stuck) return;
  const half = Math.floor(scene.order.amount / 2);
  await Promise.all([scene.refund(half), scene.refund(half)]);
}
