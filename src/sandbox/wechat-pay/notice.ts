import { generateKeyPairSync, randomUUID } from 'node:crypto';

import type { RefundEntry, Taking, Transaction } from '../books.ts';
import { shanghai, wire, wireRefund } from './order.ts';
import { encrypt, signedHeaders } from './signature.ts';

/** What a callback says before it is encrypted and signed: kept as it is, sealed afresh for each try. */
export interface Notice {
  readonly id: string;
  readonly event_type: string;
  readonly original_type: 'transaction' | 'refund';
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A payment that succeeded; failing and closing are not notified (channels.md 1.3). */
export function paymentNotice(transaction: Transaction, taking: Taking): Notice {
  return {
    id: `EV-${randomUUID()}`,
    event_type: 'TRANSACTION.SUCCESS',
    original_type: 'transaction',
    resource: wire(transaction, taking),
  };
}

/** A refund that was delivered, or could not be. The callback says `refund_status`, not `status`. */
export function refundNotice(transaction: Transaction, refund: RefundEntry): Notice {
  const { status, ...rest } = wireRefund(transaction, refund);
  const event_type = refund.state === 'succeeded' ? 'REFUND.SUCCESS' : 'REFUND.ABNORMAL';
  const mchid = (transaction.asked as { mchid: string }).mchid;
  return {
    id: `EV-${randomUUID()}`,
    event_type,
    original_type: 'refund',
    resource: { mchid, ...rest, refund_status: status },
  };
}

let stranger: string | null = null;

function strangersKey(): string {
  stranger ??= generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  return stranger;
}

/** The resource as these faults make it say; the books stay true. */
function altered(
  resource: Notice['resource'],
  faults: ReadonlySet<string>,
  otherOrder: string,
): Record<string, unknown> {
  const amount = { ...(resource['amount'] as Record<string, number | string>) };
  if (faults.has('wrong_amount'))
    for (const name of ['total', 'refund']) if (typeof amount[name] === 'number') amount[name] -= 1;
  if (faults.has('wrong_currency')) amount['currency'] = 'USD';
  const out_trade_no = faults.has('other_order') ? otherOrder : resource['out_trade_no'];
  if (faults.has('malformed'))
    return { mchid: resource['mchid'], out_trade_no: null, amount: null };
  return { ...resource, amount, out_trade_no };
}

export interface Sealed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The callback as it goes over the wire, signed now, with the faults that struck it. */
export function seal(notice: Notice, faults: ReadonlySet<string>, otherOrder: string): Sealed {
  const text = JSON.stringify(altered(notice.resource, faults, otherOrder));
  const body = JSON.stringify({
    id: notice.id,
    create_time: shanghai(Date.now()),
    resource_type: 'encrypt-resource',
    event_type: notice.event_type,
    summary: '通知',
    resource: encrypt(text, notice.original_type, { tamper: faults.has('tamper_ciphertext') }),
  });
  const headers = signedHeaders(body, {
    ...(faults.has('stale_timestamp') ? { at: Date.now() - 600_000 } : {}),
    ...(faults.has('wrong_key') ? { privateKey: strangersKey() } : {}),
  });
  if (faults.has('forge_signature'))
    headers['Wechatpay-Signature'] = Buffer.alloc(256, 7).toString('base64');
  return {
    body,
    headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'Mozilla/4.0' },
  };
}
