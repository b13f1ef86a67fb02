/**
 * The published test keys of the simulated Adyen. They guard nothing: anyone may call and sign with them. The stack
 * seeds its demo channel account from here.
 */
export const adyenKeys = {
  channel_account: 'cha_01m8mekhtdfy8v4crzzk6dckf0',
  company_account: 'HoldfastSandbox',
  merchant_account: 'HoldfastSandboxECOM',
  api_key: 'AQEsandbox-IUUxGZ1Lqip3KlQ0jI_t7MFPAM98ROqeQ0Wbxk0aANM-w3AbDUylZOLH-Fh3zl_l',
  hmac_key: 'C57F1EDDB85BE3A36833A9BBD60300802FDC6A4E845E5336451AD7FB4168E8E6',
  /** Of the same webhook, once another was generated. */
  next_hmac_key: 'AAFC94E2413077E39038F168410CFD6E6AE55030E0CB54E1FEFB78D4BC76EFDA',
  report_user: 'report_963258@Company.HoldfastSandbox',
  report_password: 'sandbox-uAhQVnk6LJgUA4CKsk0ecYmM',
  report_api_key: 'AQEsandbox-UPs4J-CSgfUvQ7OFr0ThICspBFNO_-T0L9rWYFCgPAM98ROqeQ0Wbxk0aANM',
} as const;
