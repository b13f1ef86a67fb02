/**
 * The published test keys of the simulated bank. They guard nothing: anyone may call and sign with them. The stack
 * seeds its demo channel account from here.
 */
export const bankTransferKeys = {
  channel_account: 'cha_01m8mavaw0fdmvykwvvjrvnt27',
  customer: 'CST7Q2M9X4T6RW',
  customer_key_id: 'customer-2026-11',
  customer_private_key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPriftf0nZHoJ/RGQwr0dcmsfr457Milks+MVYnpvhDk
-----END PRIVATE KEY-----
`,
  customer_public_key: `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJC4MM8Fzq1quprdusWNNEmNBdYZqsoNRudNkvhIsAIM=
-----END PUBLIC KEY-----
`,
  bank_key_id: 'bank-2026-11',
  bank_private_key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOpYBZsmWYozEbzbf2B1to6J9Q0SiZmA9hR4Sg6RQ3e8
-----END PRIVATE KEY-----
`,
  bank_public_key: `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA+5HnhbrUzNdFR5iA8ruIUfCEuihQ8E9DBDFvebPobRg=
-----END PUBLIC KEY-----
`,
  /** The bank's next key, once it was changed. */
  next_bank_key_id: 'bank-2027-01',
  next_bank_private_key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJZWvSC/+SjYvZIMmpE3YsqJoEU3oXo8KAnlM5x9fvWx
-----END PRIVATE KEY-----
`,
  next_bank_public_key: `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAs+oRgOwnmb199jwfXm8coX74H57168pBEdUA/C3YhCs=
-----END PUBLIC KEY-----
`,
} as const;
