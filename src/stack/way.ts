/** How a payer pays by a method: at which channel, in which money, and what he does. */
export interface Way {
  readonly channel: string;
  readonly deed: string;
  readonly currency: string;
  /** What the merchant sends besides the method's type. */
  readonly given?: object;
  /** The payer only agrees: no money moves that Holdfast does not confirm. */
  readonly isConfirmed?: true;
  /** The payer makes the order by opening it: before that there is nothing to close. */
  readonly isOpened?: true;
  /** Nobody can close an order: it ends by itself. */
  readonly neverCloses?: true;
  /** The digits of the code that he shows at a till, without the last two, which say what becomes of it. */
  readonly code?: string;
}

const wechat = { channel: 'WeChat Pay', currency: 'CNY' } as const;
const alipay = { channel: 'Alipay', currency: 'CNY', isOpened: true } as const;
const unionpay = { channel: 'UnionPay', currency: 'CNY', neverCloses: true } as const;
const card = { channel: 'Stripe', currency: 'USD', given: { token: 'tok_3ds' } } as const;

/** What the demo shows, by the method's type; the first is what it shows unless it is told another. */
export const ways = {
  wechat_pay_qr: { ...wechat, deed: 'scans a QR code' },
  wechat_pay_h5: { ...wechat, deed: 'opens a page' },
  wechat_pay_jsapi: { ...wechat, deed: 'is asked inside WeChat' },
  wechat_pay_app: { ...wechat, deed: 'is handed from the shop’s app to WeChat' },
  wechat_pay_code: { ...wechat, deed: 'shows his code at a till', code: '1300610988280094' },
  alipay_qr: { ...alipay, deed: 'scans a QR code' },
  alipay_page: { ...alipay, deed: 'opens a page' },
  alipay_wap: { ...alipay, deed: 'opens a page' },
  alipay_app: { ...alipay, deed: 'is handed from the shop’s app to Alipay' },
  alipay_code: { ...alipay, deed: 'shows his code at a till', code: '2850610988280094' },
  unionpay_qr: { ...unionpay, deed: 'scans a QR code' },
  unionpay_app: { ...unionpay, deed: 'is handed from the shop’s app to UnionPay' },
  card: { ...card, deed: 'proves at his bank that the card is his' },
  apple_pay: { ...card, deed: 'is sent by his wallet to the card’s bank' },
  google_pay: { ...card, deed: 'is sent by his wallet to the card’s bank' },
  ideal: { channel: 'Stripe', deed: 'opens his bank’s page', currency: 'EUR' },
  grabpay: { channel: 'Stripe', deed: 'opens a page', currency: 'SGD' },
  paypal: { channel: 'PayPal', deed: 'agrees on a page', currency: 'USD', isConfirmed: true },
  bank_transfer: { channel: 'the bank', deed: 'is told where to transfer', currency: 'EUR' },
} as const satisfies Readonly<Record<string, Way>>;

/** A method by which a payer pays at a channel's own place. */
export type WayMethod = keyof typeof ways;

/** A method that the demo shows. */
export type DemoMethod = WayMethod | 'balance';

export const demoMethods: readonly DemoMethod[] = [
  ...(Object.keys(ways) as WayMethod[]),
  'balance',
];
