import { randomBytes } from 'node:crypto';

import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import type { Amount } from './money.ts';
import type { Item } from './notification.ts';
import { signatureOf } from './signature.ts';

const day_s = 86_400;
const first_s = [9, 9, 9, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800];
const spent_s = first_s.reduce((sum, wait) => sum + wait);
/** Three tries at once, then a queue that ends every eight hours, for thirty days. */
const ladder_s = [...first_s, ...Array<number>(Math.floor((30 * day_s - spent_s) / 28_800)).fill(28_800)]; // prettier-ignore

/**
 * How Adyen calls back: any 2xx acknowledges, within ten seconds (docs.adyen.com/development-resources/webhooks);
 * accounts of old answer `[accepted]`, which is one, too.
 */
export const adyenCallback: CallbackWire = {
  ladder_s,
  acknowledge_ms: 10_000,
  acknowledged: ({ status }) => status >= 200 && status < 300,
  seal: (notice, faults, other) => seal(notice as Item, faults, other as Item | null),
};

function seal(item: Item, faults: readonly FaultName[], other: Item | null): Sealed {
  const said = faults.reduce((before, fault) => altered(before, fault, other), item);
  const signed = { ...said, additionalData: { ...said.additionalData, hmacSignature: signature(said, faults) } }; // prettier-ignore
  const body = JSON.stringify({
    live: 'false',
    notificationItems: [{ NotificationRequestItem: signed }],
  });
  return {
    body: faults.includes('tamper_ciphertext') ? body.replace(/"value":/, '"value":9') : body,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Adyen HttpClient 1.0',
    },
  };
}

function signature(item: Item, faults: readonly FaultName[]): string {
  if (faults.includes('forge_signature')) return Buffer.alloc(32, 7).toString('base64');
  return faults.includes('wrong_key')
    ? signatureOf(item, randomBytes(32).toString('hex'))
    : signatureOf(item);
}

/** What the item says once a fault has altered it; the books stay true. */
function altered(item: Item, fault: FaultName, other: Item | null): Item {
  const { amount } = item;
  const saying = (said: (amount: Amount) => Amount): Item => ({ ...item, amount: amount && said(amount) }); // prettier-ignore
  switch (fault) {
    case 'wrong_amount':
      return saying(({ currency, value }) => ({ currency, value: value - 1 }));
    case 'wrong_currency':
      return saying(({ currency, value }) => ({
        currency: currency === 'USD' ? 'EUR' : 'USD',
        value,
      }));
    case 'malformed':
      return malformed(item);
    case 'says_failed':
      return { ...item, success: 'false', reason: 'Refused' };
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? ofNobody(item);
    default:
      return item;
  }
}

function malformed({ eventCode, pspReference, merchantAccountCode }: Item): Item {
  const nothing = { success: null, merchantReference: null, amount: null };
  return { eventCode, pspReference, merchantAccountCode, ...nothing };
}

function ofNobody(item: Item): Item {
  const nobodys = { pspReference: 'N0B0DYSPAYMENT00', merchantReference: 'att_of_nobody_0000' };
  const original = 'originalReference' in item ? { originalReference: 'N0B0DYSPAYMENT01' } : {};
  return { ...item, ...nobodys, ...original };
}
