import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

/** Dollars go to Stripe first, euros to Adyen, and each is the other's backup. */
beforeAll(async () => {
  stack = await launch({ CHANNEL_TIMEOUT_MS: '1500' });
  merchant = new Merchant(stack.ready);
  const { body } = await merchant.call('GET', '/v1/channel_accounts');
  const [stripe, adyen] = ['stripe', 'adyen'].map((slug) => ({
    channel_account: body.data.find(({ channel }: any) => channel === slug).id,
  }));
  const routes = [
    { name: 'dollars', when: { currencies: ['USD'] }, accounts: [stripe, adyen] },
    { name: 'euros', when: { currencies: ['EUR'] }, accounts: [adyen, stripe] },
  ];
  await merchant.call('POST', '/v1/rules', { routes });
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const is = (status: string) => (payment: any) => payment.status === status;
const card = async (currency: string, token = 'tok_ok', given: object = {}) =>
  (await merchant.create({ currency, method: { type: 'card', token }, ...given })).body;
const ends = ({ attempts }: any) =>
  attempts.map(({ channel, status }: any) => `${channel} ${status}`);
/** What every channel's books have of this payment. */
const taken = async ({ attempts }: any) => {
  const all = attempts.map(async ({ reference }: any) => {
    const { body } = await merchant.control('GET', `/control/books?reference=${reference}`);
    return body.transactions.map(({ channel, state, paid_count }: any) => ({ channel, state, paid_count })); // prettier-ignore
  });
  return (await Promise.all(all)).flat();
};
const eventsOf = async ({ id }: any) =>
  (await merchant.call('GET', `/v1/events?object_id=${id}`)).body.data.map(({ type }: any) => type);

test('a channel that is not reached is passed over: paid once, at the account that the rule names next', async () => {
  await merchant.fault('any', 'refuse_connection', { channel: 'stripe' });
  const { id } = await card('USD');
  const payment = await merchant.until(id, is('succeeded'));
  expect(ends(payment)).toEqual(['stripe closed', 'adyen paid']);
  expect(payment.attempts[0].failure).toMatchObject({ code: 'channel_unavailable' });
  expect(await taken(payment)).toEqual([{ channel: 'adyen', state: 'paid', paid_count: 1 }]);
  expect(await eventsOf(payment)).toEqual(['payment.succeeded', 'payment.created']);
  const { data } = (await merchant.call('GET', `/v1/payments/${id}/timeline`)).body;
  const [first, second] = payment.attempts;
  const reason = `backup of ${first.id}: stripe was not reached (ECONNREFUSED); 'dollars' names adyen (${second.channel_account}) next`;
  const move = data.find((one: any) => one.data?.attempt === second.id);
  expect(move.summary).toBe(`create ended: never_sent; goes on at adyen (${reason})`);
  expect(move.data.routing).toMatchObject({ rule: 'dollars', reason, backup_of: first.id });
});

test('when it is back, payments go there again', async () => {
  const payment = await merchant.until((await card('USD')).id, is('succeeded'));
  expect(ends(payment)).toEqual(['stripe paid']);
});

test.each(['timeout_before_commit', 'timeout_after_commit'])(
  'a charge that ended in %s is asked about where it was sent, and goes nowhere else',
  async (fault) => {
    await merchant.fault('create', fault, { channel: 'adyen', count: 1 });
    await merchant.fault('callback', 'drop', { channel: 'adyen' });
    const { id } = await card('EUR', 'tok_ok', { wait: 0 });
    const unknown = await merchant.until(id, ({ outcome, status }) => outcome === 'unknown' || status === 'succeeded'); // prettier-ignore
    expect(unknown.attempts).toHaveLength(1);
    const payment = await merchant.until(id, is('succeeded'));
    expect(ends(payment)).toEqual(['adyen paid']);
    expect(await taken(payment)).toEqual([{ channel: 'adyen', state: 'paid', paid_count: 1 }]);
  },
);

test('a decline that is not the payer’s moves, and one that is his does not', async () => {
  const given = { on_decline: 'fail' };
  const moved = await merchant.until((await card('USD', 'tok_processing_error', given)).id, is('succeeded')); // prettier-ignore
  expect(ends(moved)).toEqual(['stripe declined', 'adyen paid']);
  expect(moved.failure).toBeNull();
  expect(await eventsOf(moved)).not.toContain('payment.failed');
  const declined = await merchant.until(
    (await card('USD', 'tok_declined', given)).id,
    is('failed'),
  );
  expect(ends(declined)).toEqual(['stripe declined']);
});

test('a payer who was shown a page is not moved by himself', async () => {
  const shown = await card('USD', 'tok_3ds', { return_url: 'https://shop.example/back' });
  expect(shown.status).toBe('requires_action');
  await merchant.payer(shown, 'decline');
  const payment = await merchant.until(shown.id, is('requires_payment_method'));
  expect(payment.attempts).toHaveLength(1);
});
