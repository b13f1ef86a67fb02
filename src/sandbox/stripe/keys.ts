/**
 * The published test keys of the simulated Stripe. They guard nothing: anyone may sign with them. The
 * stack seeds its demo channel account from here.
 */
export const stripeKeys = {
  channel_account: 'cha_01m88bxr60eyksyy847gn49x2c',
  api_key: 'sk_test_7749c357c22baff33a573e21aea3887d',
  webhook_secret: 'whsec_6ff5e34225b9529b835a9ffd89256143',
  /** Of the same endpoint, once it was rolled. */
  next_webhook_secret: 'whsec_4444cedaaeca2b33fc93ba7ee40aa506',
} as const;
