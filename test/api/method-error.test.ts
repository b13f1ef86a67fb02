import type { Serving } from '../../src/api/market.ts';
import { methodErrors } from '../../src/api/method-error.ts';
import { figuresOf } from '../../src/domain/health.ts';

const serving = (livemode: boolean): Serving[] => [
  {
    account: {
      id: 'cha_1',
      version: 1,
      merchant_id: null,
      channel: 'wechat-pay',
      livemode,
      methods: null,
      currencies: null,
      fees: null,
      created_at: new Date(0),
    },
    currencies: ['CNY'],
    captures: 'none',
    figures: figuresOf([]),
    hindrance: null,
  },
];

const said = [
  ['wechat_pay_h5', { payer_ip: '203.0.113.7' }],
  ['wechat_pay_jsapi', { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' }],
] as const;

describe.each(said)('who pays by %s', (type, given) => {
  const [name] = Object.keys(given);

  test('must be said with a live key', () => {
    expect(methodErrors(serving(true), { type })).toEqual([
      { pointer: `/method/${name}`, code: 'invalid_field', detail: `${type} with a live key needs ${name}` },
    ]);
    expect(methodErrors(serving(true), { type, ...given })).toEqual([]);
  }); // prettier-ignore

  test('may be left out with a test key', () => {
    expect(methodErrors(serving(false), { type })).toEqual([]);
  });
});
