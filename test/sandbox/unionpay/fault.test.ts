import { openUnionpayShop, type UnionpayShop } from './shop.ts';

let shop: UnionpayShop;

beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

interface Scene {
  readonly order: Record<string, string>;
  readonly call: () => Promise<Record<string, string>>;
  /** What the call leaves in the books, or null when it only reads. */
  readonly done: ((transaction: any) => boolean) | null;
}

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const order = shop.order();
    const done = (transaction: any) => transaction?.state === 'created';
    return Promise.resolve({ order, call: () => shop.create(order), done });
  },
  query: async () => {
    const { order } = await shop.paid();
    return { order, call: () => shop.query(order), done: null };
  },
  refund: async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    const done = ({ refunds }: any) => refunds.length === 1;
    return { order, call: () => shop.refund(refund), done };
  },
  query_refund: async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    await shop.refund(refund);
    return { order, call: () => shop.query(refund), done: null };
  },
};

/** How a call ended for who made it: its code, or that it broke. */
const ending = (call: Promise<Record<string, string>>) =>
  call.then(
    ({ respCode }) => respCode,
    () => 'broken',
  );

describe.each(Object.keys(scenes))('on %s', (operation) => {
  const hasDone = async ({ order, done }: Scene) =>
    done ? done(await shop.transaction(order)) : null;
  const reads = operation.startsWith('query');

  test.each([
    ['timeout_before_commit', 'broken'],
    ['http_500_before_commit', 'broken'],
    ['refuse_connection', 'broken'],
    ['rate_limit', reads ? '37' : '06'],
  ])('%s leaves the books as they were, and the next call goes through', async (fault, ends) => {
    const scene = await scenes[operation]!();
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(scene.call())).toBe(ends);
    if (scene.done) expect(await hasDone(scene)).toBe(false);
    expect(await ending(scene.call())).toBe('00');
    if (scene.done) expect(await hasDone(scene)).toBe(true);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['timeout_after_commit', 'broken'],
    ['reset_mid_body', 'broken'],
    ['http_500_after_commit', 'broken'],
    ['system_error_after_commit', '04'],
  ])('%s is in the books, and a repeat is told so', async (fault, ends) => {
    const scene = await scenes[operation]!();
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(scene.call())).toBe(ends);
    if (scene.done) expect(await hasDone(scene)).toBe(true);
    expect(await ending(scene.call())).toBe(reads ? '00' : '12');
    expect(await shop.violations()).toEqual([]);
  });

  test('slow keeps the caller waiting; a reference spares the others', async () => {
    const scene = await scenes[operation]!();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    await shop.fault(operation, 'http_500_before_commit', { reference: 'attofsomebodyelse' });
    const since = Date.now();
    expect(await ending(scene.call())).toBe('00');
    expect(Date.now() - since).toBeGreaterThanOrEqual(390);
  });
});

test('not_found_for denies what there is, and is not used up by what nobody opened', async () => {
  const [unopened, { order, queryId }] = [await shop.made(null), await shop.paid()];
  const refund = shop.refundOf(order, queryId, '500');
  for (const operation of ['query', 'refund', 'query_refund'])
    await shop.fault(operation, 'not_found_for', { count: 1 });
  expect(await shop.query(unopened)).toMatchObject({ respCode: '34' });
  expect(await shop.query(order)).toMatchObject({ respCode: '34' });
  expect(await shop.query(order)).toMatchObject({ respCode: '00' });
  expect(await shop.refund(refund)).toMatchObject({ respCode: '35' });
  expect(await shop.refund(refund)).toMatchObject({ respCode: '00' });
  expect(await shop.query(refund)).toMatchObject({ respCode: '34' });
  expect(await shop.query(refund)).toMatchObject({ respCode: '00' });
});

test('wrong_amount says one fen less, validly signed, in the answer only', async () => {
  const { order, queryId } = await shop.paid();
  const refund = shop.refundOf(order, queryId, '500');
  for (const operation of ['query', 'refund', 'query_refund'])
    await shop.fault(operation, 'wrong_amount', { count: 1 });
  expect(await shop.query(order)).toMatchObject({ txnAmt: '1998' });
  expect(await shop.refund(refund)).toMatchObject({ txnAmt: '499' });
  expect(await shop.query(refund)).toMatchObject({ txnAmt: '499' });
  expect(await shop.query(order)).toMatchObject({ txnAmt: '1999' });
  expect((await shop.transaction(order)).refunds).toMatchObject([{ amount: 500 }]);
});

test('refuse_connection on any closes the port until it is cleared', async () => {
  const { order } = await shop.paid();
  await shop.fault('any', 'refuse_connection');
  expect(await ending(shop.query(order))).toBe('broken');
  await shop.sandbox.call('DELETE', '/control/faults');
  expect(await ending(shop.query(order))).toBe('00');
});
