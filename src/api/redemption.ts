import { z } from 'zod';

import { giftCodeObject } from '../domain/gift-code.ts';
import { redeem } from '../store/redemption.ts';
import { logger } from '../telemetry.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { text } from './field.ts';
import { giftCode } from './gift-code-answer.ts';
import { keyReused, replayed, required } from './idempotency-key.ts';
import { Problem } from './problem.ts';

const createRedemption = z
  .strictObject({
    code: text(1, 64).openapi({ description: 'As the customer typed it: in any case, with or without its dashes' }),
  })
  .openapi('CreateRedemption'); // prettier-ignore
type CreateRedemption = z.infer<typeof createRedemption>;

/** The money of a gift code into a customer's wallet (decision 0038). */
export function redemptionEndpoints(dependencies: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/v1/customers/{id}/redemptions',
      summary:
        'Redeem a gift code into the customer’s wallet in its currency; the first one makes it',
      key: 'required',
      body: createRedemption,
      status: 201,
      answers: giftCode,
      refusals: [
        'not_found',
        'gift_code_unknown',
        'gift_code_used',
        'gift_code_canceled',
        'gift_code_expired',
      ],
      handle: (asked) => create(dependencies, asked),
    }),
  ];
}

/** Throws the refusal, which the key remembers; a lock it does not. */
async function create(
  { store }: Dependencies,
  { caller, id, body, key, requestId }: Asked<CreateRedemption, unknown>,
): Promise<Answer> {
  const end = await redeem(store, caller, id, body.code, required(key));
  switch (end.kind) {
    case 'redeemed':
      logger.info(
        { request_id: requestId, gift_code_id: end.code.id, customer_id: id },
        'redeemed',
      );
      return { body: giftCodeObject(end.code) };
    case 'replayed':
      return { body: giftCodeObject(end.code), headers: replayed };
    case 'refused':
      throw new Problem(end.refusal.code, end.refusal.detail, {}, end.isReplayed ? replayed : {});
    case 'locked': {
      const detail = 'five codes were unknown: none is looked at for 15 minutes after the last';
      throw new Problem('rate_limited', detail, {}, { 'Retry-After': String(end.forSeconds) });
    }
    case 'key_reused':
      throw keyReused();
    case 'not_found':
      throw new Problem('not_found', 'no such customer');
  }
}
