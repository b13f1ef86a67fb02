import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { strangersKey } from '../stranger.ts';
import { wechatPayKeys as keys } from './keys.ts';
import type { Notice } from './notice.ts';
import { encrypt, signedHeaders } from './signature.ts';
import { shanghai } from './wording.ts';

/** How WeChat calls back, and how long it insists (channels.md 1.3). */
export const wechatPayCallback: CallbackWire = {
  ladder_s: [
    15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600,
  ],
  acknowledge_ms: 5_000,
  acknowledged: ({ status }) => status === 200 || status === 204,
  seal: (notice, faults, other) => seal(notice as Notice, faults, other as Notice | null),
};

function seal(notice: Notice, faults: readonly FaultName[], other: Notice | null): Sealed {
  const said = faults.reduce((before, fault) => altered(before, fault, other), notice);
  const tamper = faults.includes('tamper_ciphertext');
  const body = JSON.stringify({
    id: said.id,
    create_time: shanghai(Date.now()),
    resource_type: 'encrypt-resource',
    event_type: said.event_type,
    summary: said.original_type === 'refund' ? '退款通知' : '支付成功',
    resource: {
      original_type: said.original_type,
      ...encrypt(JSON.stringify(said.resource), said.original_type, { tamper }),
    },
  });
  return {
    body,
    headers: {
      ...headersOf(body, notice.serial, faults),
      'Content-Type': 'application/json',
      'User-Agent': 'Mozilla/4.0',
    },
  };
}

/** What the callback says once a fault has altered it; the books stay true. */
function altered(notice: Notice, fault: FaultName, other: Notice | null): Notice {
  const { resource } = notice;
  switch (fault) {
    case 'wrong_amount':
      return { ...notice, resource: { ...resource, amount: oneLess(resource['amount']) } };
    case 'wrong_currency': {
      const amount = { ...(resource['amount'] as object), currency: 'USD', payer_currency: 'USD' };
      return { ...notice, resource: { ...resource, amount } };
    }
    case 'malformed':
      return { ...notice, resource: { mchid: keys.mchid, out_trade_no: null, amount: null } };
    case 'says_failed':
      return {
        ...notice,
        resource: { ...resource, trade_state: 'PAYERROR', trade_state_desc: '支付失败' },
      };
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? { ...notice, resource: { ...resource, out_trade_no: 'att_of_nobody_0000' } };
    default:
      return notice;
  }
}

/**
 * An amount as WeChat shows it, one unit less: of the refund where there is one, else of the payment.
 *
 * @param amount the member `amount` of an order, a refund or a callback; null when it was malformed
 */
export function oneLess(amount: unknown): unknown {
  const members = amount as Readonly<Record<string, unknown>> | null;
  const wrong =
    members?.['refund'] === undefined ? ['total', 'payer_total'] : ['refund', 'payer_refund'];
  const less = (name: string, value: unknown) =>
    wrong.includes(name) && typeof value === 'number' ? value - 1 : value;
  return (
    members &&
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, less(name, value)]))
  );
}

function headersOf(
  body: string,
  serial: string | undefined,
  faults: readonly FaultName[],
): Record<string, string> {
  const headers = signedHeaders(body, serial, {
    ...(faults.includes('stale_timestamp') ? { at: Date.now() - 600_000 } : {}),
    ...(faults.includes('wrong_key') ? { privateKey: strangersKey() } : {}),
  });
  if (faults.includes('forge_signature'))
    headers['Wechatpay-Signature'] = Buffer.alloc(256, 7).toString('base64');
  return headers;
}
