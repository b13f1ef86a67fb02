import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

const qr = { type: 'wechat_pay_qr' };

/** Scanned and paid. */
export async function qrPaid(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(qr);
  if (!(await scene.untilWaiting())) return;
  if (scene.chance.hits(0.2)) await scene.act('decline'); // changes nothing: he may try again
  await scene.act('pay');
  await scene.untilFinal();
}

/** Nobody scans it. */
export async function qrAbandoned(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(qr, { expires_in: scene.chance.whole(1, 5) });
  await scene.untilFinal();
}

/** F9: he pays although the order was closed. */
export async function qrLate(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  scene.order.isForced = true;
  const isCanceled = scene.chance.hits(0.3);
  await scene.create(qr, { expires_in: isCanceled ? 600 : scene.chance.whole(1, 4) });
  if (isCanceled) {
    await scene.untilWaiting();
    await scene.cancel();
  }
  if (!(await scene.untilFinal())) return;
  await scene.act('pay', true); // 404 where the channel never heard of the order: then nothing is late
}

/** F10: he pays while the merchant cancels. */
export async function qrCanceled(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded', 'canceled'];
  await scene.create(qr);
  if (!(await scene.untilWaiting())) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  await Promise.all([later(offset, () => scene.act('pay')), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** The merchant cancels, and nobody pays. */
export async function qrClosed(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  await scene.create(qr);
  if (!(await scene.untilWaiting())) return;
  await scene.cancel();
  await scene.untilFinal();
}

/** F12: a callback that names another amount is no evidence. */
export async function qrWrongAmount(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(qr);
  if (!(await scene.untilWaiting())) return;
  const wrong = scene.chance.pick(['wrong_amount', 'wrong_currency', 'other_order']);
  await scene.arm('callback', wrong, { count: 2 });
  await scene.act('pay');
  await scene.untilFinal();
}

/** F11: he pays twice. */
export async function qrTwice(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  scene.order.isForced = true;
  await scene.create(qr);
  if (!(await scene.untilWaiting())) return;
  await scene.act('pay');
  if (scene.chance.hits(0.5)) await scene.untilFinal();
  await scene.act('pay', true);
  await scene.untilFinal();
}

/** Paid, and something goes back: WeChat keeps a minute between two refunds, so one is enough. */
export async function qrRefunded(scene: Scene): Promise<void> {
  await qrPaid(scene);
  if (scene.order.stuck) return;
  const { amount } = scene.order;
  const part = scene.chance.hits(0.4) ? amount : Math.ceil(amount * 0.6);
  await Promise.all([scene.refund(part), scene.refund(part)]);
}
