import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

const code = { type: 'alipay_qr' };

/** Scanned and paid. */
export async function alipayPaid(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(code);
  if (!(await scene.untilWaiting())) return;
  await scene.act('pay');
  await scene.untilFinal();
}

/** F15: nobody scans it, so the channel knows no order, and only its own end is the proof (half a minute after it). */
export async function alipayAbandoned(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(code, { expires_in: scene.chance.whole(1, 5) });
  await scene.untilFinal();
}

/** Scanned, and given up: the channel closes it at once. */
export async function alipayClosed(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(code);
  if (!(await scene.untilWaiting())) return;
  await scene.act('decline');
  await scene.cancel();
  await scene.untilFinal();
}

/** F10: he pays while the merchant cancels; scanned before or not. */
export async function alipayCanceled(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded', 'canceled'];
  await scene.create(code);
  if (!(await scene.untilWaiting())) return;
  if (scene.chance.hits(0.5)) await scene.act('decline');
  await scene.cancel();
  await pause(scene.chance.whole(0, 500));
  await scene.act('pay'); // 409 where it is closed already
  await scene.untilFinal();
}

/** F9: he pays although it is over. */
export async function alipayLate(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  scene.order.isForced = true;
  await scene.create(code, { expires_in: scene.chance.whole(1, 4) });
  if (!(await scene.untilFinal())) return;
  await scene.act('pay', true); // 404 where the channel never heard of the order: then nothing is late
}

/** Paid, and goes back in parts: the same trade is told once more with every refund. */
export async function alipayRefunded(scene: Scene): Promise<void> {
  await alipayPaid(scene);
  if (scene.order.stuck) return;
  const part = Math.ceil(scene.order.amount * 0.4);
  await Promise.all([scene.refund(part), scene.refund(part), scene.refund(part)]);
}
