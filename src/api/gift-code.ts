import { z } from 'zod';

import { toCurrency } from '../domain/currency.ts';
import { type GiftCode, giftCodeObject } from '../domain/gift-code.ts';
import { toMinor } from '../domain/money.ts';
import { cancelGiftCode, findGiftCode, insertGiftCodes, listGiftCodes } from '../store/gift-code.ts'; // prettier-ignore
import { logger } from '../telemetry.ts';
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { amount, currency, instant, listQuery, text } from './field.ts';
import { giftCode, newGiftCode } from './gift-code-answer.ts';
import { keyReused, replayedIf, required } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { type FieldError, Problem } from './problem.ts';

const path = '/v1/gift_codes';

const createGiftCodes = z
  .strictObject({
    amount,
    currency,
    count: z.int().min(1).max(100).default(1),
    expires_at: instant('Until when they can be redeemed; without it they do not expire').optional(),
    description: text(0, 500).optional(),
  })
  .openapi('CreateGiftCodes'); // prettier-ignore
type CreateGiftCodes = z.infer<typeof createGiftCodes>;

/** `/v1/gift_codes`: what a merchant gives away or sells as a prepaid card (decision 0038). */
export function giftCodeEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Make gift codes of one worth; the codes are shown only here',
      key: 'required',
      body: createGiftCodes,
      examine: (_caller, { expires_at }) =>
        Promise.resolve({ errors: expiryErrors(expires_at), found: null }),
      status: 201,
      answers: listOf(newGiftCode),
      refusals: ['amount_too_small', 'amount_too_large', 'currency_not_supported'],
      handle: (asked) => create(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List gift codes, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(giftCode),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listGiftCodes(store.pool, caller, asked);
        return { body: listed(page, asked, giftCodeObject) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a gift code',
      key: 'none',
      status: 200,
      answers: giftCode,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => ({
        body: giftCodeObject(known(await findGiftCode(store.pool, caller, id))),
      }),
    }),
    endpoint({
      method: 'post',
      path: `${path}/{id}/cancel`,
      summary: 'Cancel a gift code that nobody has redeemed',
      key: 'none',
      status: 200,
      answers: giftCode,
      refusals: ['not_found', 'gift_code_not_cancelable'],
      handle: async ({ caller, id }) => {
        const code = known(await cancelGiftCode(store.pool, caller, id));
        if (code.status !== 'canceled')
          throw new Problem('gift_code_not_cancelable', `the code is ${code.status}`);
        return { body: giftCodeObject(code) };
      },
    }),
  ];
}

/** RFC 3339, in which we answer, ends with the year 9999. */
function expiryErrors(at: Date | undefined): FieldError[] {
  if (!at || (at.getTime() > Date.now() && at.getUTCFullYear() <= 9_999)) return [];
  return [{ pointer: '/expires_at', code: 'invalid_field', detail: 'later than now, and before the year 10000' }];
} // prettier-ignore

async function create(
  { store }: Dependencies,
  { caller, body, key, requestId }: Asked<CreateGiftCodes, unknown>,
): Promise<Answer> {
  const { amount, currency, count, expires_at = null, description = null } = body;
  const money = { amount: toMinor(amount), currency: toCurrency(currency) };
  const wanted = { ...money, count, expires_at, description };
  const end = await insertGiftCodes(store, caller, wanted, required(key));
  if (end.kind === 'key_reused') throw keyReused();
  logger.info({ request_id: requestId, kind: end.kind, count: end.codes.length }, 'gift codes');
  const headers = replayedIf(end.kind === 'replayed');
  return {
    body: { object: 'list', data: end.codes.map(giftCodeObject), has_more: false },
    headers,
  };
}

function known(code: GiftCode | null): GiftCode {
  if (!code) throw new Problem('not_found', 'no such gift code');
  return code;
}
