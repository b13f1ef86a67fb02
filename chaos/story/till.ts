import type { Scene } from '../scene.ts';

const digits = { wechat_pay_code: '1300610988280094', alipay_code: '2850610988280094' } as const;

/** What the till reads off the payer's phone; the sandbox does by the last two digits (docs/testing.md). */
function code(scene: Scene, ending: string): object {
  const type = scene.chance.pick(['wechat_pay_code', 'alipay_code'] as const);
  return { type, auth_code: `${digits[type]}${ending}` };
}

/** Charged in the call that brings the code, whether its answer arrives or not. */
export async function tillPaid(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded', 'failed']; // reversed where it cannot be told for a minute
  await scene.create(code(scene, scene.chance.pick(['00', '00', '03'])), { on_decline: 'fail' });
  await scene.untilFinal();
}

/** USERPAYING: he types his password, and is reversed where he is too slow for the till. */
export async function tillAsked(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded', 'failed'];
  scene.order.isSlow = true;
  await scene.create(code(scene, '01'), { on_decline: 'fail' });
  await scene.actOnceKnown('pay');
  await scene.untilFinal();
}

/** F10: he types his password while the till gives up: what was taken is reversed, or the payment is paid. */
export async function tillReversed(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded', 'canceled', 'failed'];
  scene.order.isSlow = true;
  await scene.create(code(scene, '01'), { on_decline: 'fail' });
  if (scene.chance.hits(0.3)) await scene.arm('close', 'pay_during_close');
  await Promise.all([scene.actOnceKnown('pay'), scene.cancel()]);
  await scene.untilFinal();
}

/** Never charged, and the till never hears so: it is reversed at its end. */
export async function tillLost(scene: Scene): Promise<void> {
  scene.order.ends = ['canceled'];
  scene.order.isSlow = true;
  await scene.create(code(scene, '04'), { expires_in: scene.chance.whole(2, 6) });
  await scene.untilFinal();
}

/** Refused; he shows another code. */
export async function tillSwitched(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await scene.create(code(scene, '02'));
  if (await scene.untilDeclined()) await scene.confirm(code(scene, '00'));
  await scene.untilFinal();
}
