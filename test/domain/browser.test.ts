import fc from 'fast-check';

import { type Browser, whenceOf, withWhence } from '../../src/domain/browser.ts';
import { browser } from '../support/payment.ts';

const token = fc.string({ minLength: 1, maxLength: 255 }).filter((text) => !text.includes('\0'));

test('a token that came from nowhere is kept as it is, whatever it looks like', () => {
  fc.assert(fc.property(fc.oneof(token, token.map((one) => JSON.stringify({ token: one }))), (one) => {
    expect(withWhence(one, {})).toBe(one);
    expect(whenceOf(one)).toEqual({ token: one });
  }));
}); // prettier-ignore

test('from where a token came is kept with it, and is no token', () => {
  const changed = fc.record({ user_agent: fc.string(), time_zone_offset: fc.integer() });
  fc.assert(
    fc.property(token, changed, fc.option(fc.ipV4(), { nil: undefined }), (one, change, payer_ip) => {
      const of: Browser = { ...browser, ...change };
      const kept = withWhence(one, { browser: of, payer_ip });
      expect(kept.startsWith('\0')).toBe(true);
      expect(whenceOf(kept)).toEqual({ token: one, browser: of, ...(payer_ip && { payer_ip }) });
    }),
  );
}); // prettier-ignore

test('an address alone is kept, too', () => {
  expect(whenceOf(withWhence('tok_ok', { payer_ip: '192.0.2.7' }))).toEqual({ token: 'tok_ok', payer_ip: '192.0.2.7' }); // prettier-ignore
});
