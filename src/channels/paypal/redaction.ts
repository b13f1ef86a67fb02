/** Members of PayPal's messages that name the payer or where his money lies, hold what he wrote in a dispute, or let somebody speak in a merchant's name. */
const names = [
  'access_token', 'id_token', 'refresh_token', 'nonce', 'email_address', 'email', 'payer_id', 'account_id', 'given_name',
  'surname', 'middle_name', 'full_name', 'alternate_full_name', 'prefix', 'suffix', 'national_number', 'birth_date',
  'tax_id', 'address_line_1', 'address_line_2', 'address_line_3', 'admin_area_1', 'admin_area_2', 'admin_area_3',
  'admin_area_4', 'postal_code', 'last_digits', 'iban', 'iban_last_chars', 'vault_id', 'customer_id',
  'content', 'note', 'notes',
]; // prettier-ignore

// A text, which may hold escaped quotes or be cut off, or a number; an object is looked into.
const member = new RegExp(
  String.raw`"(${names.join('|')})"(\s*:\s*)(?:"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\d[\d.]*)`,
  'g',
);
/** As a dispute names him; a `name` by itself is that of an error. */
const buyer = /("buyer"\s*:\s*\{[^{}]{0,500}?"name"\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)/g;
/** Wherever it stands: in a message about a payer, in a member of tomorrow. */
const address = /[^\s"'<>@:,;=\\]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  const bare = text.replaceAll(member, '"$1"$2"[redacted]"');
  return bare.replaceAll(buyer, '$1"[redacted]"').replaceAll(address, '[redacted]');
}
