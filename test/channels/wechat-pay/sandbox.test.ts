import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { keyed, Rig } from '../rig.ts';
import { settingsOf } from './account.ts';

const channel = keyed(wechatPay);
const unasked = { ofAnother: () => ({}), signatureHeaders: [], secrets: () => [], payer: /$^/, amounts: [1, 1], envelope: [], authorization: () => undefined, bounces: true, operations: {}, keepsFailures: false, provoked: [] } as const; // prettier-ignore
const notices = { payment: /TRANSACTION\.SUCCESS/, refund: /REFUND\./, age_ms: 300_000, nameRefunds: true, signed: 'bytes', holdEnded: null } as const; // prettier-ignore

/** What only WeChat Pay does, played by its sandbox. */
describe('an account in the mode of public keys, which has no certificate of WeChat', () => {
  let rig: Rig;
  const settings = (keys: any, baseUrl: string) => ({
    ...settingsOf(keys, baseUrl),
    platform_keys: { [keys.wechatpay_public_key_id]: keys.wechatpay_public_key as string },
  });
  beforeAll(async () => {
    rig = await Rig.open({ ...unasked, notices, channel, settings });
  });
  afterAll(() => rig.sandbox.close());
  afterEach(() => rig.sandbox.control('DELETE', 'faults'));

  test('believes replies and callbacks', async () => {
    const { order, receipt } = await rig.paid();
    const notice = await rig.nextCallback(0, notices.payment);
    expect(notice.headers['wechatpay-serial']).toMatch(/^PUB_KEY_ID_/);
    expect(rig.read(notice)).toMatchObject({ kind: 'attempt', reference: order.reference });
    const refund = rig.refundOf(order, receipt);
    expect(await channel.refund(rig.call(), refund)).toMatchObject({ kind: 'refund' });
    expect(rig.read(await rig.nextCallback(0, notices.refund))).toMatchObject({ kind: 'refund', reference: refund.reference, answer: { status: 'succeeded' } }); // prettier-ignore
  });

  test('understands both spellings of an error', async () => {
    for (const spoil of [() => Promise.resolve(), () => rig.fault('any', 'double_spelling_errors', {})]) {
      await spoil();
      expect(await channel.query(rig.call(), rig.order())).toEqual({ kind: 'not_found' });
    }
    expect(rig.rawReplies.join('\n')).toMatch(/ORDER_NOT_EXIST[^]*ORDERNOTEXIST/);
  }); // prettier-ignore

  test('is told of a refund that its own balance cannot pay', async () => {
    const { order, receipt } = await rig.paid();
    await rig.fault('refund', 'insufficient_merchant_balance');
    const refund = rig.refundOf(order, receipt);
    expect(await channel.refund(rig.call(), refund)).toMatchObject({
      kind: 'declined',
      failure: { code: 'insufficient_funds', channel_code: 'NOT_ENOUGH' },
    });
    expect(await rig.books(order)).toMatchObject([{ refunded: 0 }]);
  });
});
