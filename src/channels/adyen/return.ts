import { isId } from '../../domain/id.ts';
import type { PayerReturn } from '../payer-return.ts';

/** Where the payer's browser comes back to: ours, with our number of his payment, to which Adyen adds what he brings. */
export function takeInto(notify_url: string, reference: string): string {
  return `${notify_url}?reference=${reference}`;
}

/** No result of Adyen's is that long; its own limit is not documented. */
const resultLengthMax = 6_000;

/** What the payer's browser brought. Nothing of it is signed: only Adyen can say what it is worth. */
export function readReturn(query: Readonly<Record<string, string>>): PayerReturn | null {
  const { reference = '', redirectResult = '' } = query;
  if (!isId('att', reference)) return null;
  const isReadable = redirectResult !== '' && redirectResult.length <= resultLengthMax;
  return { reference, returned: isReadable ? redirectResult : null };
}
