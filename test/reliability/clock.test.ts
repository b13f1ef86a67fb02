import { launch } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** Goes before the worker's own code, and before nobody else's: the clock of this one process is wrong. */
const skewed = (ms: number) => `
  if (process.argv[1]?.endsWith('worker.ts')) {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length === 0) super(Real.now() + ${ms});
        else super(...given);
      }
      static now() { return Real.now() + ${ms}; }
    };
  }`;

// Four minutes: from five on WeChat Pay refuses what we sign, and we what it signs.
test.each([
  ['ahead', 240_000],
  ['behind', -240_000],
])('F28: a worker whose clock is four minutes %s pays, expires and refunds at the right time', async (_, skewMs) => {
  const stack = await launch({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(skewed(skewMs))}` });
  try {
    const merchant = new Merchant(stack.ready);
    const waiting = (await merchant.create({ expires_in: 60 })).body;
    expect(waiting.status).toBe('requires_action'); // not expired by a clock that is ahead
    await merchant.payer(waiting, 'pay');
    const paid = await merchant.until(waiting.id, ({ status }) => status === 'succeeded');
    await merchant.refund(paid.id);
    await merchant.until(paid.id, ({ amount_refunded }) => amount_refunded === 1_999);

    const began = Date.now();
    const forgotten = (await merchant.create({ expires_in: 3 })).body;
    const expired = await merchant.until(forgotten.id, ({ status }) => status === 'canceled', 60_000); // nor left open by one that is behind
    expect(expired.cancellation_reason).toBe('expired');
    expect(Date.now() - began).toBeGreaterThanOrEqual(3_000);
    expect(await merchant.violations()).toEqual([]);
  } finally {
    await stack.remove();
  }
}, 180_000); // prettier-ignore
