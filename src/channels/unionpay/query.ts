import type { QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Parameters } from '../form.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { numberOf, type WireNumber } from './number.ts';
import { done, failureFrom, givenBack, underWay } from './refusal.ts';
import { speak, type Spoken } from './request.ts';
import { receiptOf, type Transaction, transaction } from './transaction.ts';

/** Asks about an order or a refund, by our number and its time. */
export function ask(call: Call<Account>, number: WireNumber): Promise<Spoken> {
  return speak(call, 'query', { txnType: '00', txnSubType: '00', bizType: '000000', ...number });
}

/** Is this about what was asked, and of this merchant? */
export function isAbout(
  { account }: Call<Account>,
  { orderId, txnTime }: WireNumber,
  told: Parameters | Transaction,
): boolean {
  return told['merId'] === account.mer_id && told['orderId'] === orderId && told['txnTime'] === txnTime; // prettier-ignore
}

/** Asks what became of our order. Until the payer opens it there is none, though it may be paid. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const number = numberOf('att', order);
  const spoken = await ask(call, number);
  if (spoken.kind !== 'told') return { kind: 'unknown', detail: spoken.detail };
  const { told } = spoken;
  if (told['respCode'] === '34') return { kind: 'not_found' };
  if (told['respCode'] !== '00') return unclear(`respCode '${told['respCode']}' to a question`);
  if (isAbout(call, number, told)) return stateOf(call, order, told);
  const detail = `asked about ${number.orderId} of ${number.txnTime}, told about ${told['orderId']} of ${told['txnTime']}`; // prettier-ignore
  return { kind: 'disagrees', detail };
}

/** How long after an order's end a page that was open then may still say that it failed. */
const endMs = 300_000;

function stateOf({ now }: Call<Account>, order: Order, told: Parameters): QueryAnswer {
  const { origRespCode = '', origRespMsg } = told;
  if (done.has(origRespCode)) return paid(told);
  if (!isOfAmount(order, told)) return { kind: 'disagrees', detail: `an order of ${told['txnAmt']} in ${told['currencyCode']}` }; // prettier-ignore
  if (underWay.has(origRespCode)) return { kind: 'pending' };
  if (origRespCode === givenBack) return { kind: 'closed' };
  if (!failureFrom(origRespCode, origRespMsg))
    return unclear(`origRespCode '${origRespCode}' is not known`);
  // That try failed; the payer may try again with another card until the order's end, and nobody after it.
  const isOver = now().getTime() > Date.parse(order.expires_at) + endMs;
  return { kind: isOver ? 'closed' : 'open' };
}

/** Unpaid, an order that names its amount names ours. */
function isOfAmount({ amount }: Order, { txnAmt, currencyCode }: Parameters): boolean {
  return (!txnAmt || txnAmt === String(amount)) && (!currencyCode || currencyCode === '156');
}

/** What was paid is told as the channel tells it: the domain compares the amount. */
function paid(told: Parameters): QueryAnswer {
  const found = transaction.safeParse(told).data;
  const receipt = found && receiptOf(found);
  return receipt
    ? { kind: 'approved', receipt }
    : unclear('paid, but without number, time or amount');
}
