import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { strangersKey } from '../stranger.ts';
import type { Notice } from './event.ts';
import { inAnotherCurrency, oneLess, withMoney } from './money.ts';
import { bankNow, signedHeaders } from './signature.ts';

/** How the bank calls back: any 2xx within 10 s acknowledges, it tries for four days (its page, section 4). */
export const bankTransferCallback: CallbackWire = {
  ladder_s: [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800],
  acknowledge_ms: 10_000,
  acknowledged: ({ status }) => status >= 200 && status < 300,
  seal: (notice, faults, other) => seal(notice as Notice, faults, other as Notice | null),
};

const type = 'application/json';

function seal(notice: Notice, faults: readonly FaultName[], other: Notice | null): Sealed {
  const body = JSON.stringify(faults.reduce((said, fault) => altered(said, fault, other), notice));
  const bank = bankNow();
  const signed = signedHeaders({ 'content-type': type }, body, {
    ...bank,
    key: faults.includes('wrong_key') ? strangersKey('ed25519') : bank.key,
    at: bank.at - (faults.includes('stale_timestamp') ? 600_000 : 0),
  });
  return {
    body: faults.includes('tamper_ciphertext') ? body.replace(/"amount":"/, '"amount":"9') : body,
    headers: {
      'Content-Type': type,
      ...signed,
      ...(faults.includes('forge_signature')
        ? { Signature: `sig=:${Buffer.alloc(64, 7).toString('base64')}:` }
        : {}),
    },
  };
}

/** What the callback says once a fault has altered it; the books stay true. */
function altered(notice: Notice, fault: FaultName, other: Notice | null): Notice {
  switch (fault) {
    case 'wrong_amount':
      return withMoney(notice, oneLess);
    case 'wrong_currency':
      return withMoney(notice, inAnotherCurrency);
    case 'malformed':
      return { ...notice, ...eachObject(notice, ({ object, number }) => ({ object, number, credits: null, status: null })) }; // prettier-ignore
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return (
        other ?? { ...notice, ...eachObject(notice, (said) => ({ ...said, ...nobodys(said) })) }
      );
    default:
      return notice;
  }
}

type Wire = Readonly<Record<string, unknown>>;

function eachObject(notice: Notice, say: (said: Wire) => Wire): Partial<Notice> {
  return {
    virtual_account: notice.virtual_account && say(notice.virtual_account as Wire),
    return: notice.return && say(notice.return as Wire),
  };
}

/** Every number that says whose it is, of one that nobody made. */
function nobodys(said: Wire): Wire {
  if (said['object'] === 'virtual_account') return { number: 'att_of_nobody_0000', id: 'VA0NB0DY' };
  return { number: 'ref_of_nobody_0000', id: 'RT0NB0DY', virtual_account: 'att_of_nobody_0000' };
}
