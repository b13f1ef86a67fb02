import { z } from 'zod';

import type { Caller } from '../store/api-key.ts';
import { findCustomer } from '../store/customer.ts';
import { openResetOnce } from '../store/pin-reset.ts';
import type { Store } from '../store/store.ts';
import { checkPin, type PinRefusal, setPin } from '../store/wallet-pin.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import type { Method } from './payment-schema.ts';
import { fieldProblem, Problem } from './problem.ts';
import { walletPin, walletPinReset } from './wallet-answer.ts';
import { pin } from './wallet-schema.ts';

const path = '/v1/customers/{id}/wallet_pin';

/** What a PIN, or a code in its place, may be refused with. */
export const pinRefusals = [
  'wallet_pin_required',
  'wallet_pin_wrong',
  'wallet_pin_locked',
] as const;

const setWalletPin = z
  .strictObject({
    pin,
    current_pin: pin.optional(),
    code: z.string().regex(/^\d{6}$/, '6 digits').optional().openapi({ description: 'Of a reset, in place of `current_pin`' }),
  })
  .openapi('SetWalletPin'); // prettier-ignore

/** The PIN by which a customer confirms what he pays out of his wallets (decision 0038). */
export function walletPinEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'put',
      path,
      summary: 'Set a customer’s wallet PIN; another one by the one before it, or by the code of a reset',
      key: 'accepted',
      unhashed: ['pin', 'current_pin', 'code'],
      body: setWalletPin,
      status: 200,
      answers: walletPin,
      refusals: ['not_found', ...pinRefusals],
      handle: async ({ caller, id, body, key }) => {
        await known(store, caller, id);
        const end = await setPin(store, caller, id, body.pin, body, key);
        if (end === 'key_reused') throw keyReused();
        if (end !== 'set' && end !== 'replayed')
          throw refused(end, body.code === undefined ? '/current_pin' : '/code');
        return { body: { object: 'wallet_pin', customer: id }, headers: replayedIf(end === 'replayed') };
      },
    }),
    endpoint({
      method: 'post',
      path: `${path}/reset`,
      summary: 'A code by which the customer sets another PIN; bring it to him, only a repeat under its key shows it again',
      key: 'accepted',
      status: 201,
      answers: walletPinReset,
      refusals: ['not_found', 'wallet_pin_not_set'],
      handle: async ({ caller, id, key }) => {
        await known(store, caller, id);
        const end = await openResetOnce(store, caller, id, key);
        if (end.kind === 'key_reused') throw keyReused();
        if (end.kind === 'not_set')
          throw new Problem('wallet_pin_not_set', 'the customer has no PIN');
        const body = { object: 'wallet_pin_reset', customer: id, ...end.reset };
        return { body, headers: replayedIf(end.kind === 'replayed') };
      },
    }),
  ];
} // prettier-ignore

/** Throws unless whoever pays out of a wallet brings its customer's PIN, where he has one. */
export async function confirmOwner(
  { pool }: Store,
  method: Method | undefined,
  customer: string | undefined,
): Promise<void> {
  if (method?.type !== 'balance' || customer === undefined) return;
  const check = await checkPin(pool, customer, method.pin);
  if (check !== 'right' && check !== 'unset') throw refused(check, '/method/pin');
}

const refusals = {
  missing: ['wallet_pin_required', 'the customer has a PIN: send it'],
  wrong: ['wallet_pin_wrong', 'not the right one'],
  locked: ['wallet_pin_locked', 'five were wrong: none is looked at for 15 minutes after the last'],
} as const satisfies Record<PinRefusal, readonly [(typeof pinRefusals)[number], string]>;

function refused(why: PinRefusal, pointer: string): Problem {
  const [code, detail] = refusals[why];
  return fieldProblem([{ pointer, code, detail }]);
}

async function known(store: Store, caller: Caller, id: string): Promise<void> {
  if (!(await findCustomer(store, caller, id))) throw new Problem('not_found', 'no such customer');
}
