import { awaited } from '../hearing.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';
import { isGenuine } from './wire.ts';

let shop: UnionpayShop;
beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const signWith = (key: 'first' | 'next') =>
  shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'unionpay', key });
const genuineBy = (message: Record<string, string>) =>
  [shop.keys.unionpay_certificate, shop.keys.next_unionpay_certificate].map((certificate) => isGenuine(message, certificate)); // prettier-ignore
const noticeOf = ({ orderId }: Record<string, string>) =>
  awaited(
    () => shop.receiver.heard.find(({ notice }) => notice['orderId'] === orderId)?.notice,
    `the notice of ${orderId}`,
    () => shop.receiver.heard.map(({ notice }) => notice['orderId']!),
  );

test('UnionPay’s next certificate signs answers and notices once it was changed, of older orders too', async () => {
  const order = await shop.made(null);
  expect(await signWith('next')).toMatchObject({ status: 200 });
  shop.certificate = shop.keys.next_unionpay_certificate;
  await shop.act(order, { action: 'pay' });
  const told = await shop.query(order);
  expect([told['origRespCode'], ...genuineBy(told)]).toEqual(['00', false, true]);
  expect(genuineBy(await noticeOf(order))).toEqual([false, true]);
});

test('the first one signs again when it is told so, and after a reset', async () => {
  await signWith('next');
  await signWith('first');
  const { order } = await shop.paid();
  expect(genuineBy(await noticeOf(order))).toEqual([true, false]);
  await signWith('next');
  await shop.reset();
  expect(genuineBy(await shop.create(shop.order()))).toEqual([true, false]);
});

test('the impostor’s certificate is neither of the two', async () => {
  await signWith('next');
  shop.certificate = shop.keys.next_unionpay_certificate;
  await shop.fault('callback', 'wrong_key', { count: 1 });
  const { order } = await shop.paid();
  expect(genuineBy(await noticeOf(order))).toEqual([false, false]);
});
