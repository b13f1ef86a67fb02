import type { RawCallback } from '../../../src/channels/callback.ts';
import { agrees } from '../../../src/domain/attempt.ts';
import { type Conformant, moneyIn, receiptsIn, type Rig } from '../rig.ts';

/** What the channel sends by itself: believed only when it is the channel’s, and about this account. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function callbacks(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  describe('a callback', () => {
    // Nothing of earlier tests is under way any more: the next callback is the test's own.
    beforeEach(() => rig.sandbox.control('POST', 'reset'));

    const ofPaid = async () => {
      const known = rig.sandbox.callbacks.length;
      const { order, receipt } = await rig.paid();
      return { order, receipt, heard: await rig.nextCallback(known, given.notices.payment) };
    };
    const ofRefunded = async () => {
      const { order, receipt } = await ofPaid();
      const known = rig.sandbox.callbacks.length;
      const refund = rig.refundOf(order, receipt);
      await channel.refund(rig.call(), refund);
      const heard = await rig.nextCallback(known, given.notices.refund);
      return { refund, receipt, order, heard };
    };

    test('of a payment says what the query says', async () => {
      const { order, receipt, heard } = await ofPaid();
      const reading = rig.read(heard);
      const about = order.handle === null ? {} : { order: order.handle };
      expect(reading).toEqual({
        kind: 'attempt',
        event: expect.stringMatching(/./),
        reference: order.reference,
        ...about,
        answer: expect.objectContaining({ kind: rig.isReported ? 'authorised' : 'approved' }),
      });
      const [told] = receiptsIn((reading as any).answer);
      expect(told).toMatchObject({ ...receipt, paid_at: expect.any(String) });
      // A notice may tell only when it was written.
      const apart = Date.parse(told!.paid_at) - Date.parse(receipt.paid_at);
      expect(Math.abs(apart)).toBeLessThan(10_000);
    });

    test('of a refund says which and how it ended, or is the payment told again', async () => {
      const { refund, receipt, order, heard } = await ofRefunded();
      if (!given.notices.nameRefunds)
        return expect(rig.read(heard)).toMatchObject({
          kind: 'attempt',
          reference: order.reference,
          answer: { kind: 'approved', receipt },
        });
      expect(rig.read(heard)).toMatchObject({
        kind: 'refund',
        reference: refund.reference,
        answer: { kind: 'refund', status: 'succeeded', amount: refund.amount },
      });
    });

    test('that was sent too long ago, or is ahead, is stale where it bears a time, one without a signature forged', async () => {
      const { heard } = await ofPaid();
      const { age_ms } = given.notices;
      for (const [ms, isThen] of [
        [-360_000, false],
        [(age_ms ?? 0) - 60_000, true],
        [(age_ms ?? 0) + 360_000, false],
      ] as const) {
        const now = new Date(Date.now() + ms);
        const { kind } = channel.readCallback(rig.account, heard, now);
        expect(kind).toBe(isThen || age_ms === null ? 'attempt' : 'stale');
      }
      for (const name of given.signatureHeaders) {
        const { [name]: _, ...headers } = heard.headers;
        expect(rig.read({ ...heard, headers }).kind).toBe('forged');
      }
    });

    test('is not another merchant’s', async () => {
      const { heard } = await ofPaid();
      const settings = given.ofAnother(rig.settings);
      const identityOf = (of: object) => channel.facts.identity.map((name) => Reflect.get(of, name)); // prettier-ignore
      const own = identityOf(rig.settings);
      if (own.length > 0) expect(identityOf(settings)).not.toEqual(own);
      const another = channel.parseAccount(settings);
      expect(['forged', 'foreign']).toContain(rig.read(heard, another).kind);
      expect(rig.read(heard).kind).toBe('attempt');
    });

    test.each([
      ['forge_signature', 'forged'],
      ['wrong_key', 'forged'],
      ['tamper_ciphertext', 'forged'],
      ...(given.notices.age_ms === null ? [] : [['stale_timestamp', 'stale'] as const]),
      ['malformed', 'meaningless'],
    ] as const)('with %s is %s', async (fault, kind) => {
      await rig.fault('callback', fault, {});
      const { heard } = await ofPaid();
      expect(rig.read(heard)).toMatchObject({ kind, detail: expect.any(String) });
    });

    test.each(['wrong_amount', 'wrong_currency'])(
      'with a %s does not agree with the order',
      async (fault) => {
        await rig.fault('callback', fault, {});
        const { order, heard } = await ofPaid();
        const reading = rig.read(heard);
        if (reading.kind !== 'attempt') return expect(reading.kind).toBe('meaningless');
        const [receipt] = receiptsIn(reading.answer);
        if (receipt) expect(agrees(order, receipt)).toBe(false);
        else expect(reading.answer).toEqual({ kind: 'changed' }); // the channel is asked
      },
    );

    test('of another order is never taken for this one', async () => {
      await rig.fault('callback', 'other_order', {});
      const { order, heard } = await ofPaid();
      const reading = rig.read(heard);
      expect(['attempt', 'meaningless', 'irrelevant']).toContain(reading.kind);
      expect(reading).not.toHaveProperty('reference', order.reference);
    });

    test('in which any single byte was changed, of body or signature, is never believed', async () => {
      for (const { heard } of [await ofPaid(), await ofRefunded()]) {
        const isRefused = (changed: RawCallback) => {
          const reading = rig.read({ ...heard, ...changed });
          const truth = rig.read(heard);
          // Another escape of the same values says the same, and what is not signed moves no money.
          if (given.notices.signed === 'values' && reading.kind === truth.kind)
            expect(reading).toEqual(truth);
          else if (given.notices.signed === 'members' && reading.kind === truth.kind)
            expect(moneyIn(reading)).toEqual(moneyIn(truth));
          else expect(rig.unbelieved).toContain(reading.kind);
        };
        for (const changed of [...bodyChanges(heard), ...headerChanges(heard)]) isRefused(changed);
      }
    });

    /** Every byte three times: another neighbour, the other case, and one that is no text. */
    const bodyChanges = ({ headers, body }: RawCallback): RawCallback[] =>
      [...body].flatMap((byte, at) =>
        [1, 32, 128].map((mask) => {
          const changed = Buffer.from(body);
          changed[at] = byte ^ mask;
          return { headers, body: changed };
        }),
      );

    /** Every character of what the channel signs with. */
    const headerChanges = ({ headers, body }: RawCallback): RawCallback[] =>
      given.signatureHeaders.flatMap((name) => {
        const text = headers[name]!;
        return Array.from(text, (character, at) => {
          const other = character === '~' ? '!' : String.fromCharCode(character.charCodeAt(0) + 1);
          const changed = text.slice(0, at) + other + text.slice(at + 1);
          return { headers: { ...headers, [name]: changed }, body };
        });
      });
  });
}
