import type { Order } from '../order.ts';

/**
 * What a payment says of a card that Adyen has stored (docs: Make token payments). A token belongs to a shopper and pays with
 * him alone, so ours names both: `shopperReference:storedPaymentMethodId`. A bare one names none; then the shopper is our
 * number of the attempt, whom only the sandbox believes: the real Adyen answers 803, and the card is declined.
 */
export function storedCard({ token, reference }: Order) {
  const [, shopper, id] = /^(?:([^]*):)?([^:]*)$/.exec(token ?? '') ?? [];
  return {
    shopperReference: shopper || reference, // also of ":id", which names nobody
    shopperInteraction: 'ContAuth', // no security code comes with a stored card
    recurringProcessingModel: 'CardOnFile',
    paymentMethod: { type: 'scheme', storedPaymentMethodId: id },
  };
}
