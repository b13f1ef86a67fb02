/** Members of WeChat's messages that name the payer or hold secrets; numbers and amounts stay. */
const secret =
  /"(openid|sp_openid|sub_openid|user_received_account|ciphertext|bank_type|payer_client_ip)"\s*:\s*"[^"]*"/g;

/** An exchange's text without what we must not keep. */
export function redact(text: string): string {
  return text.replaceAll(secret, '"$1":"[redacted]"');
}
