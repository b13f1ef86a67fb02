import { adyen } from '../../../src/channels/adyen/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { answering, now, order, psp, replied } from './adyen.ts';

const made = (given: object) =>
  replied(200, { pspReference: psp, merchantReference: order.reference, ...given });
const create = (reply: HttpReply, given: object = {}) =>
  adyen.create(answering(reply), { ...order, ...given });
const confirm = (reply: HttpReply) => adyen.confirm!(answering(reply), order);
const amount = { value: 1_999, currency: 'KWD' };
const redirect = { type: 'redirect', method: 'GET', url: 'https://bank.example/3ds?MD=1' };

test('authorised is taken, with Adyen’s number and amount', async () => {
  const receipt = { channel_reference: psp, amount: 1_999, currency: 'KWD', paid_at: now.toISOString() }; // prettier-ignore
  for (const speak of [create, confirm])
    expect(await speak(made({ resultCode: 'Authorised', amount }))).toEqual({ kind: 'approved', receipt }); // prettier-ignore
  expect(await create(made({ resultCode: 'Authorised' }))).toEqual({ kind: 'approved', receipt });
});

test('what was brought back from another order of the payer takes nothing for this one', async () => {
  const others = made({ resultCode: 'Authorised', amount, merchantReference: 'att_of_another' });
  expect((await confirm(others)).kind).toBe('refused');
  const nobodys = made({ resultCode: 'Authorised', amount, merchantReference: undefined });
  expect((await confirm(nobodys)).kind).toBe('unknown'); // its signed notice tells which order
});

test('a refusal of what was brought back counts, though it names no order', async () => {
  const refused = made({ resultCode: 'Refused', refusalReasonCode: '12', merchantReference: undefined }); // prettier-ignore
  expect(await confirm(refused)).toMatchObject({ kind: 'declined', failure: { code: 'insufficient_funds' } }); // prettier-ignore
  const nameless = made({ resultCode: 'Authorised', amount, merchantReference: undefined });
  expect((await create(nameless)).kind).toBe('approved'); // the answer to our own call
});

test.each([
  ['Cancelled', 'payer_canceled', '16'],
  ['Refused', 'card_declined', 'Refused'],
  ['Error', 'processing_error', 'Error'],
])('%s without a reason is declined for %s', async (resultCode, code, channel_code) => {
  const failure = { code, channel_code, channel_message: resultCode };
  expect(await create(made({ resultCode }))).toMatchObject({ kind: 'declined', failure });
});

test('authorised is held for seven days where it is captured by hand', async () => {
  expect(await create(made({ resultCode: 'Authorised', amount }), { capture: 'manual' })).toEqual({
    kind: 'held',
    channel_reference: psp,
    held: 1_999,
    captured: 0,
    currency: 'KWD',
    ends_at: '2026-12-06T20:00:00.000Z',
    is_over: false,
  });
});

test('authorised of less is told with what it is, and disagrees with the order', async () => {
  const partly = made({ resultCode: 'PartiallyAuthorised', amount: { ...amount, value: 999 } });
  expect(await create(partly)).toMatchObject({ kind: 'approved', receipt: { amount: 999 } });
});

test.each(['Pending', 'Received', 'PresentToShopper'])('%s is pending', async (resultCode) => {
  expect(await create(made({ resultCode }))).toEqual({ kind: 'pending' });
});

test('a payer who must act is sent to the page, and comes back by us', async () => {
  const call = answering(made({ resultCode: 'RedirectShopper', action: redirect }));
  expect(await adyen.create(call, order)).toEqual({
    kind: 'action_required',
    next_action: { type: 'redirect', url: redirect.url },
    code_ends_at: null,
  });
  expect(JSON.parse(call.requests[0]!.body).returnUrl).toBe(`${order.notify_url}?reference=${order.reference}`); // prettier-ignore
});

test.each([
  ['IdentifyShopper', { type: 'threeDS2', subtype: 'fingerprint', token: 'e30' }],
  ['ChallengeShopper', { type: 'threeDS2', subtype: 'challenge', token: 'e30' }],
  ['RedirectShopper', { ...redirect, method: 'POST' }],
  ['RedirectShopper', { ...redirect, url: undefined }],
  ['RedirectShopper', undefined],
])('%s with an action that no page of ours finishes takes no money, and is declined', async (resultCode, action) => {
  expect(await create(made({ resultCode, action }))).toMatchObject({
    kind: 'declined',
    failure: { code: 'authentication_failed' },
  });
}); // prettier-ignore

test.each([
  ['2', 'Refused', 'card_declined'],
  ['5', 'Blocked Card', 'lost_or_stolen'],
  ['6', 'Expired Card', 'expired_card'],
  ['9', 'Issuer Unavailable', 'issuer_unavailable'],
  ['12', 'Not enough balance', 'insufficient_funds'],
  ['16', 'Shopper Cancelled', 'payer_canceled'],
  ['20', 'FRAUD', 'fraud_suspected'],
  ['23', 'Transaction Not Permitted', 'card_declined'],
  ['25', 'Restricted Card', 'lost_or_stolen'],
  ['26', 'Revocation Of Auth', 'card_declined'],
  ['28', 'Withdrawal amount exceeded', 'limit_exceeded'],
  ['38', 'Authentication required', 'authentication_failed'],
  ['999', 'of tomorrow', 'processing_error'],
])('refused with %s (%s) is declined for %s', async (code, words, ours) => {
  for (const resultCode of ['Refused', 'Error', 'Cancelled'])
    expect(await create(made({ resultCode, refusalReason: words, refusalReasonCode: code }))).toMatchObject({
      kind: 'declined',
      failure: { code: ours, channel_code: code, channel_message: words },
    });
}); // prettier-ignore

test.each([
  ['AuthenticationFinished', {}],
  ['AuthenticationNotRequired', {}],
  ['AStateOfTomorrow', {}],
  ['Authorised', { pspReference: null }],
  ['Authorised', { amount: { value: 0.5, currency: 'KWD' } }],
  ['Authorised', { merchantReference: 'att_of_another' }],
])('%s %j is nothing certain', async (resultCode, given) => {
  expect((await create(made({ resultCode, ...given }))).kind).toBe('unknown');
});

test('what the payer brought that Adyen cannot read takes nothing, and he has yet to come', async () => {
  const invalid = replied(422, { status: 422, errorCode: '14_0408', message: 'Invalid redirectResult', errorType: 'validation' }); // prettier-ignore
  expect(await confirm(invalid)).toEqual({ kind: 'refused', detail: '422 14_0408' });
  await expect(adyen.confirm!(answering(invalid), { ...order, returned: null })).rejects.toThrow('nobody has come back'); // prettier-ignore
});

test('what is not held is not closed: there is no call for it', async () => {
  const call = answering(replied(200, {}));
  expect(await adyen.close(call, order)).toMatchObject({ kind: 'refused' });
  expect(call.requests).toEqual([]);
});
