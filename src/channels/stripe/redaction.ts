/** Members of Stripe's messages that name the payer or his card, or let somebody act in his place. */
const names = [
  'client_secret', 'payment_method', 'default_payment_method', 'source', 'fingerprint', 'last4', 'dynamic_last4',
  'iin', 'network_transaction_id', 'receipt_url', 'receipt_number', 'email', 'receipt_email', 'name', 'phone',
  'line1', 'line2', 'postal_code', 'payment_method_data', 'iban_last4', 'verified_name',
]; // prettier-ignore

// A text, which may hold escaped quotes or be cut off, or a number; an object is looked into.
const member = new RegExp(
  String.raw`"(${names.join('|')})"(\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|\d+)`,
  'g',
);
const field = /(^|[?&\n])(payment_method(?:_data%5Bcard%5D%5Btoken%5D)?|client_secret)=[^&\s]*/g;
const quoted = /(No such (?:payment ?_?method|token|source)[^']*')[^']*/gi;
/** Wherever it stands: in a message, in the address of a page. */
const value = /\b(tok|pm|src|whsec|[sr]k_(?:test|live))_(?!client_secret)\w+/g;
const secretPart = /_secret_\w+/g;

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  return text
    .replaceAll(member, '"$1"$2"[redacted]"')
    .replaceAll(field, '$1$2=[redacted]')
    .replaceAll(quoted, '$1[redacted]')
    .replaceAll(secretPart, '_secret_[redacted]')
    .replaceAll(value, '$1_[redacted]');
}
