import { randomUUID } from 'node:crypto';

import type { Shop, ShownPayment } from './shop.ts';

const isPaid = (payment: ShownPayment): boolean => payment.status === 'succeeded';
const dollars = (cents: number): string => `USD ${(cents / 100).toFixed(2)}`;

/**
 * A wallet is filled by card, pays, gets a part of that back, and gives to the card again what is left.
 *
 * @param killWorker falls upon whoever takes the money out of it
 */
export async function walletPayment(
  shop: Shop,
  tell: (line: string) => void,
  killWorker: () => void = () => undefined,
): Promise<void> {
  tell('\nA customer fills his wallet and pays out of it');
  const { customer, wallet, payment_id } = await shop.fillWallet(5_000);
  await shop.until(payment_id, isPaid);
  tell(`   ${wallet}, ${dollars(5_000)} by card`);
  killWorker();
  const order = { order_no: `demo-${randomUUID().slice(0, 8)}`, amount: 3_000, currency: 'USD' };
  const method = { type: 'balance' };
  const { id } = await shop.create({ ...order, method, customer: { id: customer } });
  await shop.until(id, isPaid);
  tell(`   ${id}, ${dollars(3_000)} out of it, whoever fell on the way`);
  await shop.refund(id, 1_000);
  await shop.until(id, ({ amount_refunded }) => amount_refunded === 1_000);
  tell(`   ${dollars(1_000)} are in it again`);
  await shop.withdraw(wallet, 3_000);
  await shop.until(payment_id, ({ amount_refunded }) => amount_refunded === 3_000);
  const left = await shop.balance(wallet);
  if (left !== 0) throw new Error(`${wallet} has ${left} after all was withdrawn`);
  tell(`   ${dollars(3_000)} are withdrawn, back to the card: the wallet is empty`);
}
