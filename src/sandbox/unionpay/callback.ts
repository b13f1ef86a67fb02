import { createPrivateKey } from 'node:crypto';

import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { impostor } from './impostor.ts';
import type { Notice } from './notice.ts';
import { signed } from './signature.ts';
import { responded } from './wording.ts';

/** How UnionPay calls back, and how long it insists: 200 within 10 s acknowledges, five tries in all. */
export const unionpayCallback: CallbackWire = {
  ladder_s: [60, 120, 240, 300],
  acknowledge_ms: 10_000,
  acknowledged: ({ status }) => status === 200,
  seal: (notice, faults, other) => seal(notice as Notice, faults, other as Notice | null),
};

function seal(notice: Notice, faults: readonly FaultName[], other: Notice | null): Sealed {
  const said = faults.reduce((before, fault) => altered(before, fault, other), notice);
  const message = faults.includes('wrong_key')
    ? signed(said, {
        key: createPrivateKey(impostor.private_key),
        certificate: impostor.certificate,
      })
    : signed(said);
  const form = new URLSearchParams(message);
  if (faults.includes('forge_signature'))
    form.set('signature', Buffer.alloc(256, 7).toString('base64'));
  if (faults.includes('tamper_ciphertext')) form.set('txnAmt', `9${form.get('txnAmt') ?? ''}`);
  return {
    body: form.toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' },
  };
}

/** What the notice says once a fault has altered it; the books stay true. */
function altered(notice: Notice, fault: FaultName, other: Notice | null): Notice {
  switch (fault) {
    case 'wrong_amount':
      return oneLess(notice);
    case 'wrong_currency':
      return { ...notice, currencyCode: '840', settleCurrencyCode: '840' };
    case 'malformed': {
      const { version = '', encoding = '', merId = '', txnType = '' } = notice;
      return { version, encoding, merId, txnType };
    }
    case 'says_failed':
      return { ...notice, ...responded('64') };
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? { ...notice, orderId: 'attofnobody0000' };
    default:
      return notice;
  }
}

/** The same with amounts that are one fen less, where it names any. */
export function oneLess(said: Notice): Notice {
  const less = ([name, value]: [string, string]) =>
    ['txnAmt', 'settleAmt'].includes(name) ? [name, String(Number(value) - 1)] : [name, value];
  return Object.fromEntries(Object.entries(said).map(less)) as Notice;
}
