/** Members of Adyen's messages that pay, that name the payer or his card, or that stand for what he did. */
const names = [
  'redirectResult', 'paymentData', 'MD', 'PaRes', 'threeDSResult', 'storedPaymentMethodId', 'recurringDetailReference',
  'shopperReference', 'userAgent', 'acceptHeader', 'language', 'colorDepth', 'screenHeight', 'screenWidth', 'timeZoneOffset', 'shopperEmail', 'shopperIP', 'telephoneNumber', 'firstName', 'lastName', 'holderName', 'cardHolderName',
  'cardSummary', 'cardBin', 'issuerBin', 'expiryDate', 'alias', 'iban', 'ibanAccountNumber', 'ownerName', 'street', 'houseNumberOrName',
  'postalCode', 'city', 'dateOfBirth', 'socialSecurityNumber', 'networkTxReference', 'authCode', 'hmacSignature', 'url',
  'recurring\\.recurringDetailReference', 'recurring\\.shopperReference', 'tokenization\\.storedPaymentMethodId', 'tokenization\\.shopperReference',
]; // prettier-ignore

// A text, which may hold escaped quotes or be cut off; an object is looked into.
const member = new RegExp(
  String.raw`"(${names.join('|')})"(\s*:\s*)(?:"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\d[\d.]*)`,
  'g',
);
/** What a notice gives as its reason when the bank said yes: its code, the card's last digits and its end. */
const card = /\b\w{6}:\d{4}:\d{1,2}\/\d{4}\b/g;
const address = /[^\s"'<>@:,;=\\]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;

/** An exchange's text without what we must not keep; numbers, states and amounts stay. */
export function redact(text: string): string {
  const bare = text.replaceAll(member, '"$1"$2"[redacted]"');
  return bare.replaceAll(card, '[redacted]').replaceAll(address, '[redacted]');
}
