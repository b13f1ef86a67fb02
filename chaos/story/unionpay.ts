import type { Payment } from '../contract.ts';
import type { Scene } from '../scene.ts';

/**
 * A code that is told once and that nobody can close: where the answer that had it was lost nobody can pay, and only its
 * end is the end. So the end is near, and may come before the payer does.
 */
async function shown(scene: Scene, seconds: number): Promise<boolean> {
  scene.order.ends = ['succeeded', 'canceled'];
  await scene.create({ type: 'unionpay_qr' }, { expires_in: seconds });
  return (await scene.untilWaiting()) !== null;
}

async function paid(scene: Scene): Promise<Payment | null> {
  if (!(await shown(scene, scene.chance.whole(15, 30)))) return null;
  await scene.act('pay');
  return scene.untilFinal();
}

/** Scanned and paid. */
export async function unionpayPaid(scene: Scene): Promise<void> {
  await paid(scene);
}

/** Nobody scans it; the merchant may cancel, which the channel does not hear of. */
export async function unionpayUnopened(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create({ type: 'unionpay_qr' }, { expires_in: scene.chance.whole(1, 5) });
  if (scene.chance.hits(0.3)) await scene.cancel();
  await scene.untilFinal();
}

/** He pays what the merchant has canceled and nobody could close: what was paid is not lost. */
export async function unionpayCanceled(scene: Scene): Promise<void> {
  if (!(await shown(scene, scene.chance.whole(15, 30)))) return;
  await scene.cancel();
  await scene.act('pay');
  await scene.untilFinal();
}

/** Paid, and two parts go back at once, each under a number that is told once. */
export async function unionpayRefunded(scene: Scene): Promise<void> {
  const payment = await paid(scene);
  if (payment?.status !== 'succeeded') return;
  const half = Math.floor(scene.order.amount / 2);
  await Promise.all([scene.refund(half), scene.refund(half)]);
}
