/** What names the payer or where his money lies, or would let somebody pass on a signed message as new. */
const names = [
  'buyer_id', 'buyer_user_id', 'buyer_open_id', 'buyer_logon_id', 'buyer_user_name', 'open_id', 'seller_email',
  'fund_bill_list', 'auth_code', 'fund_channel', 'bank_code', 'sign',
].join('|'); // prettier-ignore

// A text may hold escaped quotes or be cut off; a list is a text too where it stands in a form.
const member = new RegExp(
  String.raw`"(${names})"(\s*:\s*)(?:"[^"\\]*(?:\\[^][^"\\]*)*"?|[^\s"{}[\],]+)`,
  'g',
);
const field = new RegExp(String.raw`(^|[?&\n])(${names})=[^&\s]*`, 'g');

// A member of `biz_content`, which is encoded where a request bears it.
const encoded = new RegExp(`%22(${names})%22%3A%22(?:(?!%22)[^&\\s])*`, 'g');

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  return text
    .replaceAll(member, '"$1"$2"[redacted]"')
    .replaceAll(encoded, '%22$1%22%3A%22[redacted]')
    .replaceAll(field, '$1$2=[redacted]');
}
