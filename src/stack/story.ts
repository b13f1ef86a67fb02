import { randomUUID } from 'node:crypto';

import type { Inbox } from './inbox.ts';
import type { Shop, ShownPayment } from './shop.ts';

type Tell = (line: string) => void;

const lateByMs = 3_000;
const isPaid = (payment: ShownPayment): boolean => payment.status === 'succeeded';

/** A method by which a payer pays at a channel's own place: who calls back, what he does, in which money. */
interface Way {
  readonly channel: string;
  readonly deed: string;
  readonly currency: string;
  /** The payer only agrees: no money moves that Holdfast does not confirm. */
  readonly isConfirmed?: true;
  /** The payer makes the order by opening it: before that there is nothing to close. */
  readonly isOpened?: true;
}

const methods = {
  wechat_pay_qr: { channel: 'WeChat Pay', deed: 'scans a QR code', currency: 'CNY' },
  wechat_pay_h5: { channel: 'WeChat Pay', deed: 'opens a page', currency: 'CNY' },
  wechat_pay_jsapi: { channel: 'WeChat Pay', deed: 'is asked inside WeChat', currency: 'CNY' },
  alipay_qr: { channel: 'Alipay', deed: 'scans a QR code', currency: 'CNY', isOpened: true },
  alipay_page: { channel: 'Alipay', deed: 'opens a page', currency: 'CNY', isOpened: true },
  alipay_wap: { channel: 'Alipay', deed: 'opens a page', currency: 'CNY', isOpened: true },
  ideal: { channel: 'Stripe', deed: 'opens his bank’s page', currency: 'EUR' },
  grabpay: { channel: 'Stripe', deed: 'opens a page', currency: 'SGD' },
  paypal: { channel: 'PayPal', deed: 'agrees on a page', currency: 'USD', isConfirmed: true },
  bank_transfer: { channel: 'the bank', deed: 'is told where to transfer', currency: 'EUR' },
} as const satisfies Readonly<Record<string, Way>>;
export type DemoMethod = keyof typeof methods;

export const demoMethods = Object.keys(methods) as DemoMethod[];

/** The promise in four payments, three of them by this method. Throws as soon as one does not end as promised. */
export async function tellStory(
  shop: Shop,
  inbox: Inbox,
  killWorker: () => void,
  tell: Tell,
  method: DemoMethod,
): Promise<void> {
  const target = await shop.listen(inbox.url);
  inbox.trust(target.secret);
  await ordinaryPayment(shop, tell, method);
  await troubledPayment(shop, killWorker, tell, method);
  await latePayment(shop, tell, method);
  await cardPayment(shop, inbox, tell);
  await target.remove(); // the inbox goes with the demo: nobody need try it for 30 days
}

async function ordinaryPayment(shop: Shop, tell: Tell, method: DemoMethod): Promise<void> {
  tell(`\n1. A payer ${methods[method].deed} and pays`);
  const payment = await order(shop, 1_999, tell, method);
  await shop.pay(payment);
  tell(`   the payer pays; ${methods[method].channel} calls back`);
  await shop.until(payment.id, isPaid);
  tell('   succeeded');
}

async function troubledPayment(
  shop: Shop,
  killWorker: () => void,
  tell: Tell,
  method: DemoMethod,
): Promise<void> {
  tell('\n2. The callback is late and the worker is killed in between');
  const payment = await order(shop, 8_800, tell, method);
  await shop.delayCallback(payment, lateByMs);
  killWorker();
  tell('   kill -9 of the worker');
  await shop.pay(payment);
  tell(
    `   the payer pays meanwhile; ${methods[method].channel} calls back ${lateByMs / 1_000} s late`,
  );
  await shop.until(payment.id, isPaid);
  tell('   succeeded: another worker took over where the first one fell');
  tell('   what happened to it:');
  await printTimeline(shop, payment.id, tell);
}

async function latePayment(shop: Shop, tell: Tell, method: DemoMethod): Promise<void> {
  const { channel, isConfirmed, isOpened }: Way = methods[method];
  tell('\n3. The payer acts after the payment was given up');
  const payment = await order(shop, 4_200, tell, method);
  if (isOpened) await shop.look(payment);
  const canceled = await shop.cancel(payment.id);
  if (canceled.status !== 'canceled')
    throw new Error(`${payment.id} is ${canceled.status} after its cancel`);
  tell(`   the merchant cancels; the order is closed at ${channel}`);
  await shop.pay(payment, { force: true });
  if (isConfirmed) {
    await pause(1_000); // for whatever might still happen
    await shop.until(
      payment.id,
      ({ status, amount_captured }) => status === 'canceled' && amount_captured === 0,
    );
    return tell('   he agrees all the same; nobody confirms it, and nothing is taken');
  }
  tell(`   ${channel} takes the money all the same`);
  await shop.until(
    payment.id,
    ({ late, attempts }) => late && attempts[0]?.amount_refunded === 4_200,
  );
  tell('   canceled as before, and the money went back by itself');
}

async function cardPayment(shop: Shop, inbox: Inbox, tell: Tell): Promise<void> {
  tell('\n4. A card is held, captured in part, refunded in part; a webhook tells the shop');
  const order_no = `demo-${randomUUID().slice(0, 8)}`;
  const method = { type: 'card', token: 'tok_ok' };
  const asked = { order_no, amount: 5_000, currency: 'USD', method, capture: 'manual' };
  const { id, status } = await shop.create(asked);
  if (status !== 'requires_capture') throw new Error(`${id} is ${status}: nothing is held`);
  tell(`   ${id}, USD 50.00 are held`);
  await shop.capture(id, 4_000);
  await shop.until(id, isPaid);
  tell('   USD 40.00 are captured, the rest is released');
  const refund = await shop.refund(id, 1_500);
  if (refund.status !== 'succeeded') throw new Error(`the refund of ${id} is ${refund.status}`);
  tell('   USD 15.00 went back');
  const isTold = () => inbox.verified().some((one) => one.objectId === id && one.type === 'payment.succeeded'); // prettier-ignore
  for (const deadline = Date.now() + 20_000; !isTold(); await pause(50))
    if (Date.now() > deadline) throw new Error(`no webhook told of ${id} within 20 s`);
  tell(`   payment.succeeded arrived at the shop, its signature is right`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function order(
  shop: Shop,
  amount: number,
  tell: Tell,
  type: DemoMethod,
): Promise<ShownPayment> {
  const order_no = `demo-${randomUUID().slice(0, 8)}`;
  const { currency } = methods[type];
  const created = await shop.create({ order_no, amount, currency, method: { type } });
  const payment = await shop.until(created.id, ({ status }) => status === 'requires_action');
  tell(`   ${payment.id}, ${currency} ${(amount / 100).toFixed(2)}, order ${order_no}`);
  tell(`   ${shown(payment)}`);
  return payment;
}

function shown({ next_action }: ShownPayment): string {
  if (next_action?.data) return `QR code: ${next_action.data}`;
  if (next_action?.url) return `page: ${next_action.url}`;
  if (next_action?.bank_account)
    return `transfer to ${next_action.bank_account.iban}, reference ${next_action.reference}`;
  return `for the payer’s client: ${Object.keys(next_action?.params ?? {}).join(', ')}`;
}

/** Oldest first, with the time since the first entry. */
async function printTimeline(shop: Shop, id: string, tell: Tell): Promise<void> {
  const entries = await shop.timeline(id);
  const began = Date.parse(entries[0]?.at ?? '');
  for (const { at, kind, summary } of entries) {
    const since = ((Date.parse(at) - began) / 1_000).toFixed(2).padStart(6);
    tell(`   ${since} s  ${kind.padEnd(8)}  ${summary}`);
  }
}
