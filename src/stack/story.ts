import { randomUUID } from 'node:crypto';

import { toCurrency } from '../domain/currency.ts';
import { format, toMinor } from '../domain/money.ts';
import type { Inbox } from './inbox.ts';
import type { Shop, ShownPayment } from './shop.ts';
import { walletPayment } from './wallet-story.ts';
import { type DemoMethod, type Way, type WayMethod, ways } from './way.ts';

type Tell = (line: string) => void;

const lateByMs = 3_000;
const isPaid = (payment: ShownPayment): boolean => payment.status === 'succeeded';

/**
 * The promise in payments by these methods and one by card. Each method shows an ordinary payment and one whose payer
 * acts too late, the first one also what happens when a worker is killed in between. Throws as soon as one does not
 * end as promised.
 *
 * @param methods at least one
 */
export async function tellStory(
  shop: Shop,
  inbox: Inbox,
  killWorker: () => void,
  tell: Tell,
  [first, ...others]: readonly [DemoMethod, ...DemoMethod[]],
): Promise<void> {
  const target = await shop.listen(inbox.url);
  inbox.trust(target.secret);
  await payments(shop, tell, first, killWorker);
  await cardPayment(shop, inbox, tell, 'USD');
  if (others.length > 0) await cardPayment(shop, inbox, tell, 'KWD'); // at Adyen, which tells by notice alone
  for (const method of others) {
    tell(`\n— ${method}`);
    await payments(shop, tell, method);
  }
  await target.remove(); // the inbox goes with the demo: nobody need try it for 30 days
}

/** What one method shows. */
async function payments(
  shop: Shop,
  tell: Tell,
  method: DemoMethod,
  killWorker?: () => void,
): Promise<void> {
  if (method === 'balance') return walletPayment(shop, tell, killWorker);
  await ordinaryPayment(shop, tell, method);
  if (killWorker) await troubledPayment(shop, killWorker, tell, method);
  await latePayment(shop, tell, method);
}

async function ordinaryPayment(shop: Shop, tell: Tell, method: WayMethod): Promise<void> {
  const way: Way = ways[method];
  tell(`\nA payer ${way.deed} and pays`);
  if (way.code !== undefined) {
    const { id } = await scan(shop, tell, method, { amount: 1_999, ending: '00' });
    await shop.until(id, isPaid);
    return tell(`   ${way.channel} takes the money in the same call: succeeded`);
  }
  const payment = await order(shop, 1_999, tell, method);
  await shop.pay(payment);
  tell(`   the payer pays; ${way.channel} calls back`);
  await shop.until(payment.id, isPaid);
  tell('   succeeded');
}

async function troubledPayment(
  shop: Shop,
  killWorker: () => void,
  tell: Tell,
  method: WayMethod,
): Promise<void> {
  const { channel, code }: Way = ways[method];
  tell('\nThe callback is late and the worker is killed in between');
  const payment =
    code === undefined
      ? await order(shop, 8_800, tell, method)
      : await scan(shop, tell, method, { amount: 8_800, ending: '01' });
  await shop.delayCallback(payment, lateByMs);
  killWorker();
  tell('   kill -9 of the worker');
  await shop.pay(payment);
  tell(`   the payer pays meanwhile; ${channel} calls back ${lateByMs / 1_000} s late, if at all`);
  await shop.until(payment.id, isPaid);
  tell('   succeeded: another worker took over where the first one fell');
  tell('   what happened to it:');
  await printTimeline(shop, payment.id, tell);
}

async function latePayment(shop: Shop, tell: Tell, method: WayMethod): Promise<void> {
  const { channel, isConfirmed, isOpened, neverCloses, code }: Way = ways[method];
  if (code !== undefined) return reversedPayment(shop, tell, method);
  if (neverCloses) return unclosedPayment(shop, tell, method);
  tell('\nThe payer acts after the payment was given up');
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
  await shop.until(payment.id, ({ late, attempts }) => late && isReturned(attempts));
  tell('   canceled as before, and the money went back by itself');
}

async function unclosedPayment(shop: Shop, tell: Tell, method: WayMethod): Promise<void> {
  tell('\nThe payer pays what the merchant cancels and nobody can close');
  const payment = await order(shop, 4_200, tell, method);
  const { status } = await shop.cancel(payment.id);
  if (status !== 'canceling') throw new Error(`${payment.id} is ${status} after its cancel`);
  tell(
    `   the merchant cancels; ${ways[method].channel} lets nobody close an order before its end`,
  );
  await shop.pay(payment);
  await shop.until(payment.id, isPaid);
  tell('   the payer pays meanwhile: succeeded, for what was paid is not lost');
}

async function reversedPayment(shop: Shop, tell: Tell, method: WayMethod): Promise<void> {
  tell('\nThe payer types his password while the till gives up');
  const payment = await scan(shop, tell, method, { amount: 4_200, ending: '01' });
  await shop.payDuringClose(payment);
  await shop.cancel(payment.id);
  tell('   the merchant cancels; the payer is faster by a hair');
  await shop.until(
    payment.id,
    ({ status, attempts }) => status === 'canceled' && isReturned(attempts),
  );
  tell(`   canceled: ${ways[method].channel} reversed it, and the money went back`);
}

function isReturned([attempt]: ShownPayment['attempts']): boolean {
  return attempt?.amount_refunded === 4_200;
}

async function cardPayment(
  shop: Shop,
  inbox: Inbox,
  tell: Tell,
  code: 'USD' | 'KWD',
): Promise<void> {
  const currency = toCurrency(code);
  const written = (amount: number) => format({ amount: toMinor(amount), currency });
  tell('\nA card is held, captured in part, refunded in part; a webhook tells the shop');
  const order_no = `demo-${randomUUID().slice(0, 8)}`;
  const method = { type: 'card', token: 'tok_ok' };
  const asked = { order_no, amount: 5_000, currency, method, capture: 'manual' };
  const { id, status } = await shop.create(asked);
  if (status !== 'requires_capture') throw new Error(`${id} is ${status}: nothing is held`);
  tell(`   ${id}, ${written(5_000)} are held`);
  await shop.capture(id, 4_000);
  await shop.until(id, isPaid);
  tell(`   ${written(4_000)} are captured, the rest is released`);
  const refund = await shop.refund(id, 1_500);
  if (refund.status !== 'succeeded') throw new Error(`the refund of ${id} is ${refund.status}`);
  tell(`   ${written(1_500)} went back`);
  const isTold = () => inbox.verified().some((one) => one.objectId === id && one.type === 'payment.succeeded'); // prettier-ignore
  for (const deadline = Date.now() + 20_000; !isTold(); await pause(50))
    if (Date.now() > deadline) throw new Error(`no webhook told of ${id} within 20 s`);
  tell(`   payment.succeeded arrived at the shop, its signature is right`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An order that its payer has before him. */
async function order(
  shop: Shop,
  amount: number,
  tell: Tell,
  method: WayMethod,
): Promise<ShownPayment> {
  const created = await create(shop, tell, method, { amount });
  const payment = await shop.until(created.id, ({ status }) => status === 'requires_action');
  tell(`   ${shown(payment)}`);
  await shop.open(payment);
  return payment;
}

/** The till reads the code off the payer's phone. */
async function scan(
  shop: Shop,
  tell: Tell,
  method: WayMethod,
  { amount, ending }: { readonly amount: number; readonly ending: string },
): Promise<ShownPayment> {
  const { code = '' }: Way = ways[method];
  return create(shop, tell, method, { amount, auth_code: `${code}${ending}` });
}

async function create(
  shop: Shop,
  tell: Tell,
  type: WayMethod,
  { amount, ...shownByPayer }: { readonly amount: number; readonly auth_code?: string },
): Promise<ShownPayment> {
  const order_no = `demo-${randomUUID().slice(0, 8)}`;
  const { currency, given }: Way = ways[type];
  const method = { type, ...given, ...shownByPayer };
  const payment = await shop.create({ order_no, amount, currency, method });
  tell(`   ${payment.id}, ${currency} ${(amount / 100).toFixed(2)}, order ${order_no}`);
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
