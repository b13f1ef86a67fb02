/** A card that nobody issued, and what comes of it (`shared/conventions.md`, Sandbox scenarios). */
export interface TestCard {
  /** Its digits, without spaces. */
  readonly number: string;
  readonly brand: 'visa' | 'mastercard';
  /** What the card field makes of it, and the API takes. */
  readonly token: string;
  readonly result: string;
}

const visa = (number: string, token: string, result: string): TestCard => ({
  number: number.replaceAll(' ', ''),
  brand: 'visa',
  token,
  result,
});

/** The cards of the sandbox, as its pages list them. */
export const testCards: readonly TestCard[] = [
  visa('4242 4242 4242 4242', 'tok_ok', 'paid'),
  { number: '5555555555554444', brand: 'mastercard', token: 'tok_mastercard', result: 'paid' },
  visa('4000 0000 0000 0002', 'tok_declined', 'declined'),
  visa('4000 0000 0000 9995', 'tok_insufficient_funds', 'declined: not enough money'),
  visa('4000 0000 0000 9987', 'tok_lost_or_stolen', 'declined: lost'),
  visa('4000 0000 0000 9979', 'tok_lost_or_stolen', 'declined: stolen'),
  visa('4000 0000 0000 0069', 'tok_expired', 'declined: expired'),
  visa('4000 0000 0000 0127', 'tok_incorrect_cvc', 'declined: wrong security code'),
  visa('4000 0000 0000 0119', 'tok_processing_error', 'cannot be processed; tried again, paid'),
  visa('4100 0000 0000 0019', 'tok_fraud', 'declined: suspected fraud'),
  visa('4000 0000 0000 3220', 'tok_3ds', '3-D Secure page, then paid'),
  visa('4000 0000 0000 0259', 'tok_dispute', 'paid, then disputed (Stripe)'),
  visa('4000 0000 0000 5126', 'tok_refund_fails', 'paid; every refund comes back (Stripe)'),
];

/** In groups of four, as it is printed on a card. */
export function printed({ number }: TestCard): string {
  return number.replace(/(?<=\d)(?=(\d{4})+$)/g, ' ');
}

/** What is shown of a card. */
export type Face = Pick<TestCard, 'brand'> & { readonly last4: string };

/** What anybody may see of it. */
export function faceOf({ brand, number }: TestCard): Face {
  return { brand, last4: number.slice(-4) };
}

/** What a channel shows of the card behind a token; one that no number leads to is the first of them. */
export function faceBehind(token: string | null): Face {
  const card = testCards.find((one) => one.token === token) ?? testCards[0];
  if (!card) throw new Error('there are no test cards');
  return faceOf(card);
}
