import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

async function offered(scene: Scene, ends: string[], given: object = {}): Promise<boolean> {
  scene.order.ends = ends;
  await scene.create({ type: 'bank_transfer' }, given);
  return (await scene.untilWaiting()) !== null;
}

/** One transfer of exactly the order. */
export async function bankPaid(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['succeeded']))) return;
  await scene.transfer(scene.order.amount);
  await scene.untilFinal();
}

/** Two transfers, the second sometimes before the first one was noticed. */
export async function bankParts(scene: Scene): Promise<void> {
  scene.order.isForced = true; // two credits
  if (!(await offered(scene, ['succeeded']))) return;
  const first = scene.chance.whole(1, scene.order.amount - 1);
  await scene.transfer(first);
  if (scene.chance.hits(0.5)) await pause(scene.chance.whole(0, 3_000));
  await scene.transfer(scene.order.amount - first);
  await scene.untilFinal();
}

/** F12: he transfers more than the order: it is paid, and the surplus goes back. */
export async function bankTooMuch(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['succeeded']))) return;
  await scene.transfer(scene.order.amount + scene.chance.whole(1, scene.order.amount));
  await scene.untilFinal();
}

/** F12: he transfers another currency, which goes back, and then what was asked. */
export async function bankWrongCurrency(scene: Scene): Promise<void> {
  scene.order.isForced = true; // two credits
  if (!(await offered(scene, ['succeeded']))) return;
  await scene.transfer(scene.order.amount, { currency: scene.chance.pick(['EUR', 'JPY', 'KWD']) });
  await scene.transfer(scene.order.amount);
  await scene.untilFinal();
}

/** A part came before the end, and no more: it goes back. */
export async function bankShort(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['canceled'], { expires_in: scene.chance.whole(3, 8) }))) return;
  await scene.transfer(scene.chance.whole(1, scene.order.amount - 1)); // 409 when the end was faster
  await scene.untilFinal();
}

/** F9: money that the bank had accepted before is booked after the account was closed. */
export async function bankLate(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  if (!(await offered(scene, ['canceled']))) return;
  await scene.cancel();
  if (!(await scene.untilFinal())) return;
  const { amount } = scene.order;
  await scene.transfer(scene.chance.pick([amount, amount - 1, amount + 1]), { force: true });
}

/** F10: he transfers while the merchant cancels. */
export async function bankCanceled(scene: Scene): Promise<void> {
  if (!(await offered(scene, ['succeeded', 'canceled']))) return;
  const offset = scene.chance.whole(-500, 500);
  const later = (ms: number, act: () => Promise<unknown>) => pause(Math.max(0, ms)).then(act);
  const transfer = () => scene.transfer(scene.order.amount);
  await Promise.all([later(offset, transfer), later(-offset, () => scene.cancel())]);
  await scene.untilFinal();
}

/** Paid by two transfers, and more than either goes back. */
export async function bankRefunded(scene: Scene): Promise<void> {
  await bankParts(scene);
  if (scene.order.stuck) return;
  const half = Math.floor(scene.order.amount / 2);
  await Promise.all([scene.refund(half), scene.refund(half)]);
}
