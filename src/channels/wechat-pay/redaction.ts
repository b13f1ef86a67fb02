/** Members of WeChat's messages that name the payer, his bank or his device, or hold the sealed notice. */
const names = [
  'openid', 'sp_openid', 'sub_openid', 'unionid', 'user_received_account', 'bank_type', 'phone', 'payer_phone',
  'payer_client_ip', 'auth_code', 'device_id', 'ciphertext',
]; // prettier-ignore

// The value may hold escaped quotes, be a number, or be cut off.
const secret = new RegExp(
  String.raw`"(${names.join('|')})"\s*:\s*(?:"(?:[^"\\]|\\.)*"?|[^\s",}\]]+)`,
  'g',
);

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  return text.replaceAll(secret, '"$1":"[redacted]"');
}
