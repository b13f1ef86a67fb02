import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { strangersKey } from '../stranger.ts';
import { presentCertificate } from './certificate.ts';
import type { Notice } from './event.ts';
import { oneLess, withAmounts } from './money.ts';
import type { Wire } from './resource.ts';
import { algorithm, signatureOf } from './signature.ts';

/** 25 waits that fill three days. */
const ladder_s = [10, 30, 60, 120, 300, 600, 900, 1_800, ...Array<number>(17).fill(15_000)];

/**
 * How PayPal calls back: any 2xx acknowledges, it tries again 25 times in three days (channels.md 4). Its
 * documents name neither the waits between them nor its patience for one call.
 *
 * @param origin this server, which has the certificate
 */
export function paypalCallback(origin: string): CallbackWire {
  return {
    ladder_s,
    acknowledge_ms: 10_000,
    acknowledged: ({ status }) => status >= 200 && status < 300,
    seal: (notice, faults, other) => seal(origin, notice as Notice, faults, other as Notice | null),
  };
}

/** Older than the last of its repetitions, which come for three days. */
const staleMs = 4 * 86_400_000;

function seal(
  origin: string,
  notice: Notice,
  faults: readonly FaultName[],
  other: Notice | null,
): Sealed {
  const said = faults.reduce((before, fault) => altered(before, fault, other), notice);
  const body = JSON.stringify(said.event);
  const at = Date.now() - (faults.includes('stale_timestamp') ? staleMs : 0);
  const transmission = {
    id: said.transmission_id,
    time: `${new Date(at).toISOString().slice(0, 19)}Z`,
  };
  const signature = faults.includes('wrong_key')
    ? signatureOf(transmission, body, strangersKey())
    : signatureOf(transmission, body);
  return {
    body: faults.includes('tamper_ciphertext') ? tampered(body) : body,
    headers: {
      'PAYPAL-AUTH-ALGO': algorithm,
      'PAYPAL-CERT-URL': origin + presentCertificate().path,
      'PAYPAL-TRANSMISSION-ID': transmission.id,
      'PAYPAL-TRANSMISSION-TIME': transmission.time,
      'PAYPAL-TRANSMISSION-SIG': faults.includes('forge_signature')
        ? Buffer.alloc(256, 7).toString('base64')
        : signature,
      'Content-Type': 'application/json',
      'User-Agent': 'PayPal/AUHR-1.0-1',
    },
  };
}

function tampered(body: string): string {
  return body.replace(/"value":"/, '"value":"9');
}

/** What the event says once a fault has altered it; the books stay true. */
function altered(notice: Notice, fault: FaultName, other: Notice | null): Notice {
  const { event } = notice;
  const { resource } = event;
  const saying = (said: Wire): Notice => ({ ...notice, event: { ...event, resource: said } });
  switch (fault) {
    case 'wrong_amount':
      return saying(withAmounts(resource, oneLess));
    case 'wrong_currency':
      return saying(
        withAmounts(resource, ({ currency_code, value }) => ({
          currency_code: currency_code === 'USD' ? 'EUR' : 'USD',
          value,
        })),
      );
    case 'malformed':
      return saying({ id: resource['id'], status: null, amount: null });
    case 'says_failed':
      return {
        ...notice,
        event: {
          ...event,
          id: `${String(event['id'])}-FAILED`,
          event_type: 'PAYMENT.CAPTURE.DENIED',
          resource: { ...resource, status: 'DECLINED' },
        },
      };
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? saying(ofNobody(resource));
    default:
      return notice;
  }
}

const nobodys = { id: '0NB0DY000000000AX', custom_id: 'att_of_nobody_0000', invoice_id: 'att_of_nobody_0000' } as const; // prettier-ignore

/** Every number of the order and of what was made of it is one that nobody has. */
function ofNobody(resource: Wire): Wire {
  if ('disputed_transactions' in resource)
    return { ...resource, disputed_transactions: [{ seller_transaction_id: nobodys.id }] };
  const units = resource['purchase_units'];
  return {
    ...resource,
    ...nobodys,
    ...(Array.isArray(units)
      ? {
          purchase_units: units.map((unit: Wire) => ({ ...unit, ...nobodys, payments: undefined })),
        }
      : { supplementary_data: { related_ids: { order_id: nobodys.id } } }),
    links: [],
  };
}
