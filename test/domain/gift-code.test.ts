import fc from 'fast-check';

import { formatGiftCode, readGiftCode, redemptionRefusal } from '../../src/domain/gift-code.ts';

const chance = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('a gift code', () => {
  test('is 16 characters in groups of four, none of which looks like another', () => {
    fc.assert(
      fc.property(chance, (bytes) => {
        expect(formatGiftCode(bytes)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
      }),
    );
    expect(() => formatGiftCode(new Uint8Array(9))).toThrow('a code has 10 bytes, not 9');
  });

  test('has all 80 bits of its chance', () => {
    expect(formatGiftCode(new Uint8Array(10))).toBe('0000-0000-0000-0000');
    expect(formatGiftCode(new Uint8Array(10).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    fc.assert(
      fc.property(chance, chance, (one, other) => {
        const isSame = Buffer.compare(one, other) === 0;
        expect(formatGiftCode(one) === formatGiftCode(other)).toBe(isSame);
      }),
    );
  });

  test('is read however it is typed', () => {
    const slip: Record<string, string> = { '0': 'o', '1': 'l' };
    fc.assert(
      fc.property(chance, (bytes) => {
        const code = formatGiftCode(bytes);
        const plain = code.replaceAll('-', '');
        const typed = ` ${code.toLowerCase().replaceAll(/[01]/g, (digit) => slip[digit] ?? '')} `;
        expect([readGiftCode(code), readGiftCode(plain), readGiftCode(typed)]).toEqual([plain, plain, plain]); // prettier-ignore
      }),
    );
  });

  test.each(['', '0000-0000-0000-000', '0000-0000-0000-00000', 'UUUU-UUUU-UUUU-UUUU', '0000_0000_0000_0000'])(
    'is not %j',
    (typed) => expect(readGiftCode(typed)).toBeNull(),
  ); // prettier-ignore
});

describe('a redemption', () => {
  test.each([['active', null], ['redeemed', 'gift_code_used'], ['canceled', 'gift_code_canceled'], ['expired', 'gift_code_expired']] as const)(
    'of a code that is %s is refused with %s',
    (status, code) => expect(redemptionRefusal({ status })?.code ?? null).toBe(code),
  ); // prettier-ignore
});
