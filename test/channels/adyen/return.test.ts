import fc from 'fast-check';

import { adyen } from '../../../src/channels/adyen/channel.ts';
import { order } from './adyen.ts';

const read = adyen.readReturn!;
const { reference } = order;

test('what the payer brings is read with our number of his payment', () => {
  expect(read({ reference, redirectResult: 'X6XtfGC3!' })).toEqual({ reference, returned: 'X6XtfGC3!' }); // prettier-ignore
});

test.each([{}, { redirectResult: '' }, { redirectResult: 'x'.repeat(6_001) }])(
  'who brings nothing that could be it goes on to the shop all the same',
  (brought: object) => {
    expect(read({ reference, ...brought })).toEqual({ reference, returned: null });
  },
);

test.each([{}, { reference: '' }, { reference: 'pay_01kbx6h0000000000000000001' }])(
  'without a number of ours he is nobody’s: %j',
  (brought: object) => {
    expect(read({ redirectResult: 'X6XtfGC3!', ...brought })).toBeNull();
  },
);

test('no query makes it throw', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (query) => {
      expect(read(query)?.reference ?? null).toBe(null);
    }),
  );
});
