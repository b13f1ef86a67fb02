import { z } from 'zod';

import { amount, any, common, named, reference } from './parameters.ts';

/** Members of PaymentRequest that change nothing here. */
const passive = [
  'accountInfo', 'additionalAmount', 'applicationInfo', 'bankAccount', 'billingAddress', 'checkoutAttemptId',
  'company', 'conversionId', 'countryCode', 'dateOfBirth', 'dccQuote', 'deliverAt', 'deliveryAddress', 'deliveryDate',
  'deviceFingerprint', 'enableOneClick', 'enablePayOut', 'enableRecurring', 'enhancedSchemeData', 'entityType', 'fraudOffset',
  'fundOrigin', 'fundRecipient', 'industryUsage', 'installments', 'lineItems', 'localizedShopperStatement', 'mandate', 'mcc',
  'merchantOrderReference', 'merchantRiskIndicator', 'metadata', 'mpiData', 'order', 'orderReference', 'origin',
  'paymentValidations', 'platformChargebackLogic', 'recurringExpiry', 'recurringFrequency', 'redirectFromIssuerMethod',
  'redirectToIssuerMethod', 'riskData', 'sessionValidity', 'shopperConversionId', 'shopperEmail', 'shopperLocale',
  'shopperName', 'shopperStatement', 'shopperTaxInfo', 'socialSecurityNumber', 'splits', 'store', 'storePaymentMethod',
  'subMerchants', 'surcharge', 'telephoneNumber', 'threeDS2RequestData', 'threeDSAuthenticationOnly', 'trustedShopper',
] as const; // prettier-ignore

/** The same of CardDetails: a card that Adyen has stored is all that is played. */
const ofCard = [
  'billingSequenceNumber', 'brand', 'checkoutAttemptId', 'cupsecureplus.smscode', 'cvc', 'encryptedCard', 'encryptedCardNumber',
  'encryptedExpiryMonth', 'encryptedExpiryYear', 'encryptedPassword', 'encryptedSecurityCode', 'expiryMonth', 'expiryYear',
  'fastlaneData', 'fundingSource', 'holderName', 'networkPaymentReference', 'number', 'recurringDetailReference', 'sdkData',
  'shopperNotificationReference', 'srcCorrelationId', 'srcDigitalCardId', 'srcScheme', 'srcTokenReference', 'threeDS2SdkVersion',
] as const; // prettier-ignore

function taken<Name extends string>(names: readonly Name[]): Record<Name, typeof any> {
  return Object.fromEntries(names.map((name) => [name, any])) as Record<Name, typeof any>;
}

const threeDSRequestData = named('ThreeDSRequestData', {
  challengeWindowSize: any,
  dataOnly: any,
  nativeThreeDS: z.enum(['preferred', 'disabled']).optional(),
  threeDSVersion: any,
});

/** `POST /payments`, with what Adyen demands of a payment by a stored card. */
export const paymentRequest = named('PaymentRequest', {
  ...taken(passive),
  ...common,
  reference,
  amount,
  returnUrl: z.url().max(8_000),
  channel: z.enum(['iOS', 'Android', 'Web']).optional(),
  paymentMethod: named('CardDetails', {
    ...taken(ofCard),
    type: z.literal('scheme'),
    storedPaymentMethodId: z.string(),
  }),
  // "Required for recurring payments", which a payment by a stored card is; "minimum length: 3 characters" (PaymentRequest)
  shopperReference: z.string().min(3).max(256),
  // "Required when … using stored payment details"
  recurringProcessingModel: z.enum(['CardOnFile', 'Subscription', 'UnscheduledCardOnFile']),
  shopperInteraction: z.enum(['Ecommerce', 'ContAuth', 'Moto', 'POS']).optional(),
  // "For 3D Secure, the full object is required for web integrations"
  browserInfo: named('BrowserInfo', {
    acceptHeader: z.string().min(1),
    colorDepth: z.int(),
    javaEnabled: z.boolean(),
    javaScriptEnabled: any,
    language: z.string().min(1),
    screenHeight: z.int(),
    screenWidth: z.int(),
    timeZoneOffset: z.int(),
    userAgent: z.string().min(1),
  }).optional(),
  shopperIP: z.string().min(1).optional(),
  authenticationData: named('AuthenticationData', {
    attemptAuthentication: z.enum(['always', 'never']).optional(),
    authenticationOnly: z.boolean().optional(),
    threeDSRequestData: threeDSRequestData.optional(),
  }).optional(),
  captureDelayHours: z.int().min(0).max(672).optional(),
  // The one structure whose members Adyen leaves open, as long as they are texts: one that it does not know does nothing.
  additionalData: z
    .object({ manualCapture: z.enum(['true', 'false']).optional() })
    .catchall(z.string())
    .default({}),
});
export type PaymentRequest = z.infer<typeof paymentRequest>;
