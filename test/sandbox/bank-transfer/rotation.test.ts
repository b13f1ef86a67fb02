import { type BankShop, openBankShop } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

test('the bank’s next key signs replies and callbacks once it was changed, under its own id', async () => {
  const account = await shop.open();
  await shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'bank-transfer' });
  const { next_bank_key_id: bank_key_id, next_bank_public_key: bank_public_key } = shop.keys;
  const asked = () => shop.call('GET', `/v1/virtual-accounts/${account.number}`);
  expect((await asked()).isGenuine).toBe(false);
  Object.assign(shop.keys, { bank_key_id, bank_public_key }); // he reads the new key's page
  expect((await asked()).isGenuine).toBe(true);
  await shop.pay(account);
  await shop.receiver.told('credit.booked');
  expect(shop.receiver.heard).toMatchObject([{ isGenuine: true }]);
  expect(shop.receiver.heard[0]!.headers['signature-input']).toContain(`keyid="${bank_key_id}"`);
});
