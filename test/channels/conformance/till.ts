import { agrees } from '../../../src/domain/attempt.ts';
import type { Conformant, Rig } from '../rig.ts';

/** A code that a payer presents is charged once, and a reversal leaves nothing of it: neither an order nor money. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function tills(given: Conformant, method: string, opened: () => Rig): void {
  const { channel, codes } = given;
  if (!codes) throw new Error(`${channel.slug}: which codes does the sandbox know?`);
  const by = (conduct: keyof typeof codes) => opened().by(method, codes[conduct]);

  describe('a code that the payer presents', () => {
    test('is charged at once, with the channel’s number, time and exactly the amount', async () => {
      const rig = by('pays');
      const order = rig.order();
      const answer = await channel.create(rig.call(), order);
      if (answer.kind !== 'approved') throw new Error(JSON.stringify(answer));
      expect(agrees(order, answer.receipt)).toBe(true);
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'approved', receipt: answer.receipt });
      const { channel_reference } = answer.receipt;
      expect(await rig.books(order)).toMatchObject([{ state: 'paid', channel_reference, paid_count: 1 }]);
    });

    test('is charged once, however often it is sent, each time with the same bytes', async () => {
      const rig = by('pays');
      const order = rig.order();
      const from = rig.requests.length;
      await channel.create(rig.call(), order);
      const again = await channel.create(rig.call(), order);
      expect(['approved', 'unknown']).toContain(again.kind);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
      const [one, two] = rig.orderedSince(from).map(({ body }) => body);
      expect(two).toBe(one);
    });

    test('whose payer is asked for his password is pending until he has typed it', async () => {
      const rig = by('asks');
      const order = rig.order();
      expect(await channel.create(rig.call(), order)).toEqual({ kind: 'pending' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'pending' });
      await rig.payer(order);
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'approved' });
    });

    test('that is refused takes no money', async () => {
      const rig = by('refused');
      const order = rig.order();
      expect(await channel.create(rig.call(), order)).toMatchObject({ kind: 'declined' });
      expect((await rig.books(order)).filter(({ paid_count }) => paid_count > 0)).toEqual([]);
    });

    test.each([
      ['silent', 'approved'],
      ['lost', 'not_found'],
    ] as const)('that is %s is unknown, and the query tells: %s', async (conduct, kind) => {
      const rig = by(conduct);
      const order = rig.order();
      expect((await channel.create(rig.call(), order)).kind).toBe('unknown');
      expect((await channel.query(rig.call(), order)).kind).toBe(kind);
    });

    test('is in nothing that is kept', async () => {
      const rig = by('pays');
      await channel.create(rig.call(), rig.order());
      expect(rig.requests.at(-1)!.body).toContain(codes.pays);
      expect(JSON.stringify(rig.exchanges)).not.toContain(codes.pays);
    });
  });

  describe('a reversal', () => {
    test('of an unpaid order closes it: nobody can pay it any more', async () => {
      const rig = by('asks');
      const order = rig.order();
      await channel.create(rig.call(), order);
      await channel.query(rig.call(), order);
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'closed' });
      await expect(rig.payer(order)).rejects.toThrow('409');
    });

    test('of a paid order gives it back, once; and the query tells that it was paid, and went back', async () => {
      const rig = by('pays');
      const order = rig.order();
      await channel.create(rig.call(), order);
      for (const _ of ['once', 'again']) {
        await channel.query(rig.call(), order);
        expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      }
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'approved', is_returned: true });
      expect(await rig.books(order)).toMatchObject([{ captured: 1_999, refunded: 1_999 }]);
    });

    test('of an order that the channel does not know leaves it unknown', async () => {
      const rig = by('pays');
      const order = rig.order();
      await channel.query(rig.call(), order);
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'not_found' });
    });

    test('that is lost after the channel has done it is unknown, and done', async () => {
      const rig = by('pays');
      const order = rig.order();
      await channel.create(rig.call(), order);
      await channel.query(rig.call(), order);
      await rig.fault('close', 'timeout_after_commit');
      expect((await channel.close(rig.call(500), order)).kind).toBe('unknown');
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'approved', is_returned: true });
    });
  });
} // prettier-ignore
