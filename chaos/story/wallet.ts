import type { Refund } from '../contract.ts';
import type { Scene } from '../scene.ts';

/** A customer and his wallet. */
interface Purse {
  readonly customer: string;
  readonly wallet: string;
}

/** Somebody who has so much in his wallet, by a card; null when it did not come. */
async function purse(topUp: Scene, amount: number): Promise<Purse | null> {
  const { body } = await topUp.command('/v1/customers', {});
  const customer = body.id;
  const method = { type: 'card', token: topUp.chance.weighted({ tok_ok: 8, tok_unknown: 2 }) };
  topUp.order.ends = ['succeeded'];
  topUp.order.isSlow = true;
  await topUp.fill({ customer, amount, currency: topUp.order.currency, method, wait: 2 });
  if ((await topUp.untilFinal())?.status !== 'succeeded') return null;
  const { data } = await topUp.see<{ data: { id: string }[] }>(`/v1/customers/${customer}/wallets`);
  const [wallet] = data;
  if (!wallet) throw new Error(`${customer} has no wallet`);
  return { customer, wallet: wallet.id };
}

async function pay(scene: Scene, { customer }: Purse, given: object = {}): Promise<void> {
  await scene.create({ type: 'balance' }, { customer: { id: customer }, ...given });
}

/** Some of it goes back to the card; what is made is among what the top-up's order asked for. */
async function withdraw(topUp: Scene, { wallet }: Purse, amount: number): Promise<void> {
  const answer = await topUp.command(`/v1/wallets/${wallet}/withdrawals`, { amount, wait: 1 });
  if (answer.status !== 201) return;
  const { refunds } = answer.body as unknown as { refunds: string[] };
  for (const id of refunds) {
    const refund = await topUp.see<Refund>(`/v1/refunds/${id}`);
    topUp.order.refunds.push({ id, amount: refund.amount });
  }
}

/** Topped up, spent, given back in part; then several at once want more out of it than there is. */
export async function walletWithdrawn(scene: Scene): Promise<void> {
  const { order, chance } = scene;
  order.ends = ['succeeded'];
  const topUp = scene.beside();
  const filled = await purse(topUp, order.amount * 2);
  if (!filled) throw new Error('the top-up was not paid');
  const isHeld = chance.hits(0.3);
  await pay(scene, filled, isHeld ? { capture: 'manual' } : {});
  if (isHeld && (await scene.until('requires_capture', ({ status }) => status !== 'processing')))
    await scene.capture({ amount: order.amount });
  if (!(await scene.untilFinal())) return;
  await scene.refund(Math.ceil(order.amount * 0.4));
  const part = Math.ceil(order.amount * chance.pick([0.3, 0.6, 1]));
  await Promise.all([1, 2, 3, 4].map(() => withdraw(topUp, filled, part)));
}

/** F17: more is paid out of a wallet at once than there is; some of it is refused, and nothing twice. */
export async function walletContended(scene: Scene): Promise<void> {
  const { order } = scene;
  const topUp = scene.beside();
  const filled = await purse(topUp, order.amount * 2);
  if (!filled) throw new Error('the top-up was not paid');
  const payers = [scene, scene.beside(), scene.beside(), scene.beside()];
  for (const payer of payers) payer.order.ends = ['succeeded', 'failed'];
  const paying = payers.map(async (payer) => {
    await pay(payer, filled, { amount: order.amount, on_decline: 'fail' });
    await payer.untilFinal();
  });
  await Promise.all([...paying, withdraw(topUp, filled, order.amount)]);
}

/** A gift code that is typed in several times at once comes into the wallet once, and is spent. */
export async function walletGifted(scene: Scene): Promise<void> {
  const { order } = scene;
  order.ends = ['succeeded'];
  const { amount, currency } = order;
  const made = await scene.command('/v1/gift_codes', { amount, currency });
  const { data } = made.body as unknown as { data: { code: string }[] };
  const customer = (await scene.command('/v1/customers', {})).body.id;
  const redeem = () =>
    scene.command(`/v1/customers/${customer}/redemptions`, { code: data[0]?.code });
  const answers = await Promise.all([redeem(), redeem(), redeem()]);
  const times = answers.filter(({ status }) => status === 201).length;
  if (times !== 1) throw new Error(`a gift code was redeemed ${times} times`);
  await scene.create({ type: 'balance' }, { customer: { id: customer } });
  await scene.untilFinal();
}
