/** What names the payer or his card, or would let somebody pass on a signed message as new. */
const names = ['accNo', 'payCardNo', 'payCardIssueName', 'customerInfo', 'cardDigest', 'signature'];

const field = new RegExp(String.raw`(^|[?&\n])(${names.join('|')})=[^&]*`, 'g');

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  return text.replaceAll(field, '$1$2=[redacted]');
}
