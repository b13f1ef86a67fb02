import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { strangersKey } from '../stranger.ts';
import { named } from './certificate.ts';
import { fen, yuan } from './money.ts';
import type { Notice } from './notice.ts';
import { signatureOf, signedText } from './signature.ts';
import { beijing } from './wording.ts';

/**
 * How Alipay calls back, and how long it insists (channels.md 2.3): only the very word `success` acknowledges.
 * Its documents name no patience for one call.
 */
export const alipayCallback: CallbackWire = {
  ladder_s: [240, 600, 600, 3_600, 7_200, 21_600, 54_000],
  acknowledge_ms: 10_000,
  acknowledged: ({ status, body }) => status === 200 && body === 'success',
  seal: (notice, faults, other) => seal(notice as Notice, faults, other as Notice | null),
};

/** Older than the last of its repetitions, which come for 25 hours. */
const staleMs = 2 * 86_400_000;

function seal(notice: Notice, faults: readonly FaultName[], other: Notice | null): Sealed {
  const kept = faults.reduce((before, fault) => altered(before, fault, other), notice);
  const said = { ...kept, ...named('alipay_cert_sn' in kept) }; // by the key that signs now
  const notify_time = beijing(Date.now() - (faults.includes('stale_timestamp') ? staleMs : 0));
  const text = signedText(Object.entries({ ...said, notify_time }), []);
  const sign = faults.includes('wrong_key') ? signatureOf(text, strangersKey()) : signatureOf(text);
  const form = new URLSearchParams({ ...said, notify_time, sign_type: 'RSA2', sign });
  if (faults.includes('forge_signature')) form.set('sign', Buffer.alloc(256, 7).toString('base64'));
  if (faults.includes('tamper_ciphertext'))
    form.set('total_amount', `9${form.get('total_amount') ?? ''}`);
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  return { body: form.toString(), headers: { 'Content-Type': type, 'User-Agent': 'Mozilla/4.0' } };
}

/**
 * What the notice says once a fault has altered it; the books stay true. A notice of domestic trade names no
 * currency, one of a trade that was priced abroad does: so is a wrong currency said.
 */
function altered(notice: Notice, fault: FaultName, other: Notice | null): Notice {
  switch (fault) {
    case 'wrong_amount':
      return oneLess(notice);
    case 'wrong_currency':
      return { ...notice, trans_currency: 'USD', settle_currency: 'USD' };
    case 'malformed': {
      const { notify_type, notify_id, app_id, seller_id } = notice as Record<string, string>;
      return { notify_type, notify_id, app_id, seller_id } as Notice;
    }
    case 'says_failed':
      return { ...notice, trade_status: 'TRADE_CLOSED' };
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? { ...notice, out_trade_no: 'att_of_nobody_0000' };
    default:
      return notice;
  }
}

const ofRefunds = ['refund_fee', 'refund_amount', 'send_back_fee'];
const ofPayments = ['total_amount', 'receipt_amount', 'buyer_pay_amount', 'invoice_amount'];

/**
 * The same with amounts that are one fen less: those of the refund where it names one, else those of the payment.
 *
 * @param said an answer's inner object, or a notice
 */
export function oneLess<Fields extends Readonly<Record<string, unknown>>>(said: Fields): Fields {
  const wrong = ofRefunds.some((name) => name in said) ? ofRefunds : ofPayments;
  const less = ([name, value]: [string, unknown]) => {
    const amount = wrong.includes(name) ? fen(String(value)) : null;
    return [name, amount === null ? value : yuan(amount - 1)];
  };
  return Object.fromEntries(Object.entries(said).map(less)) as Fields;
}
