import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

/** Methods whose payer is handed to another program of his: his browser, WeChat, or the channel's own app. */
const types = ['wechat_pay_h5', 'wechat_pay_jsapi', 'wechat_pay_app', 'alipay_page', 'alipay_wap', 'alipay_app']; // prettier-ignore

async function handed(scene: Scene, ends: string[], type: string): Promise<boolean> {
  scene.order.ends = ends;
  await scene.create({ type });
  if (!(await scene.untilWaiting())) return false;
  await scene.open();
  return true;
}

/** Paid there. */
export async function clientPaid(scene: Scene): Promise<void> {
  if (!(await handed(scene, ['succeeded'], scene.chance.pick(types)))) return;
  if (scene.chance.hits(0.2)) await scene.act('decline'); // changes nothing: he may try again
  await scene.act('pay');
  await scene.untilFinal();
}

/** F10: he pays there while the merchant cancels. */
export async function clientCanceled(scene: Scene): Promise<void> {
  if (!(await handed(scene, ['succeeded', 'canceled'], scene.chance.pick(types)))) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  await Promise.all([later(offset, () => scene.act('pay')), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** F9: he pays there although the order was closed. */
export async function clientLate(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  if (!(await handed(scene, ['canceled'], scene.chance.pick(types)))) return;
  await scene.act('decline'); // Alipay has nothing to close before he has looked at it
  await scene.cancel();
  if (await scene.untilFinal()) await scene.act('pay', true);
}
