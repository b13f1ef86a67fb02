import { afterCommit, beforeCommit, ending } from '../http-fault.ts';
import { later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { accounts, type BankShop, openBankShop, returns } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** One call, whom it is about, and whether the books say that it is done; null: it changes nothing. */
interface Scene {
  readonly reference: string;
  readonly call: () => Promise<number>;
  readonly done: ((transaction: any) => boolean) | null;
}

const call = async (method: string, path: string, body?: unknown) =>
  (await shop.call(method, path, body)).status;

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const reference = freshNumber();
    const asked = shop.asked();
    return Promise.resolve({
      reference,
      call: () => call('PUT', `${accounts}/${reference}`, asked),
      done: (transaction: any) => transaction !== undefined,
    });
  },
  query: async () => {
    const { number } = await shop.open();
    return { reference: number, call: () => call('GET', `${accounts}/${number}`), done: null };
  },
  close: async () => {
    const { number } = await shop.open();
    const asked = { customer: shop.keys.customer };
    return {
      reference: number,
      call: () => call('POST', `${accounts}/${number}/closure`, asked),
      done: ({ state }) => state === 'closed',
    };
  },
  refund: async () => {
    const account = await shop.paid();
    const number = freshNumber('ref');
    return {
      reference: account.number,
      call: () => call('PUT', `${returns}/${number}`, shop.returnOf(account)),
      done: ({ refunds }) => refunds.length === 1,
    };
  },
  query_refund: async () => {
    const account = await shop.paid();
    const { number } = (await shop.order(shop.returnOf(account))).body;
    const ask = () => call('GET', `${returns}/${number}`);
    return { reference: account.number, call: ask, done: null };
  },
};

describe.each(Object.keys(scenes))('on %s', (operation) => {
  const scene = () => scenes[operation]!();
  const isDone = async ({ reference, done }: Scene) =>
    done?.(await shop.transaction({ number: reference })) ?? null;

  test.each(beforeCommit)(
    '%s leaves the books as they were, and a repeat goes through',
    async (fault, ends) => {
      const made = await scene();
      await shop.fault(operation, fault, { count: 1 });
      expect(await ending(fault, made.call())).toBe(ends);
      expect(await isDone(made)).toBe(made.done && false);
      expect(await made.call()).toBeLessThan(300);
      expect(await isDone(made)).toBe(made.done && true);
      expect(await shop.violations()).toEqual([]);
    },
  );

  test.each(afterCommit)(
    '%s is in the books, and a repeat does nothing twice',
    async (fault, ends) => {
      const made = await scene();
      await shop.fault(operation, fault, { count: 1 });
      expect(await ending(fault, made.call())).toBe(ends);
      await until(
        () => isDone(made),
        (done) => done !== false,
      );
      expect(await made.call()).toBe(200);
      expect(await shop.violations()).toEqual([]);
    },
  );

  test('slow takes its time', async () => {
    const made = await scene();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 600 });
    const begun = Date.now();
    expect(await made.call()).toBeLessThan(300);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(600);
  });

  test('wrong_amount says one unit less, signed, and the books stay true', async () => {
    const account = await shop.paid();
    const { number } = (await shop.order(shop.returnOf(account))).body;
    const customer = { customer: shop.keys.customer };
    const asks = {
      create: () => shop.call('PUT', `${accounts}/${freshNumber()}`, shop.asked()),
      query: () => shop.call('GET', `${accounts}/${account.number}`),
      close: () => shop.call('POST', `${accounts}/${account.number}/closure`, customer),
      refund: () => shop.order(shop.returnOf(account)),
      query_refund: () => shop.call('GET', `${returns}/${number}`),
    };
    await shop.fault(operation, 'wrong_amount', { count: 1 });
    const { body, isGenuine } = await asks[operation as keyof typeof asks]();
    expect(isGenuine).toBe(true);
    expect(body.amount).toBe(body.object === 'return' ? '3.99' : '10.49');
    expect((body.credits ?? []).every((one: any) => one.amount === '10.49')).toBe(true);
    expect(await shop.transaction(account)).toMatchObject({ amount: 1_050, captured: 1_050 });
  });
});

test.each([
  ['query', 'VIRTUAL_ACCOUNT_UNKNOWN'],
  ['close', 'VIRTUAL_ACCOUNT_UNKNOWN'],
  ['refund', 'VIRTUAL_ACCOUNT_UNKNOWN'],
  ['query_refund', 'RETURN_UNKNOWN'],
])('%s denies for a while what is there', async (operation, code) => {
  const account = await shop.paid();
  const { number } = (await shop.order(shop.returnOf(account))).body;
  const customer = { customer: shop.keys.customer };
  const asks = {
    query: () => shop.call('GET', `${accounts}/${account.number}`),
    close: () => shop.call('POST', `${accounts}/${account.number}/closure`, customer),
    refund: () => shop.order(shop.returnOf(account)),
    query_refund: () => shop.call('GET', `${returns}/${number}`),
  };
  const ask = asks[operation as keyof typeof asks];
  await shop.fault(operation, 'not_found_for', { delay_ms: 60_000 });
  expect(await ask()).toMatchObject({ status: 404, isGenuine: true, body: { code } });
  await later(shop.sandbox, 60_000);
  expect((await ask()).status).toBeLessThan(300);
});

test('the whole bank is away until the fault is deleted', async () => {
  const { number } = await shop.open();
  await shop.fault('any', 'refuse_connection');
  await expect(shop.query(number)).rejects.toThrow();
  await shop.sandbox.call('DELETE', '/control/faults');
  expect((await shop.query(number)).number).toBe(number);
});
