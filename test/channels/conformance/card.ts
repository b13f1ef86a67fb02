import { agrees } from '../../../src/domain/attempt.ts';
import { type Conformant, eventually, type Rig } from '../rig.ts';
import { confirmations } from './confirmation.ts';

/** Where an order is made first and confirmed with a token: every token of the contract (section 7). */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function cards(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });
  const confirm = (order: ReturnType<Rig['order']>, ms?: number) =>
    channel.confirm!(rig.call(ms), order);

  describe('a confirmation', () => {
    confirmations(given, opened, (one) => one.created());

    test.each([
      ['tok_insufficient_funds', 'insufficient_funds'],
      ['tok_declined', 'card_declined'],
      ['tok_expired', 'expired_card'],
      ['tok_fraud', 'fraud_suspected'],
    ])('with %s is declined for %s, now and when asked', async (token, code) => {
      const order = await rig.created(rig.order({ token }));
      const declined = {
        kind: 'declined',
        failure: { code, channel_code: expect.stringMatching(/./) },
      };
      expect(await confirm(order)).toMatchObject(declined);
      expect(await channel.query(rig.call(), order)).toMatchObject(declined);
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0 }]);
    });

    test.each([
      ['authenticate', 'approved'],
      ['decline', 'declined'],
    ])('that needs the payer shows him a page: to %s ends %s', async (action, kind) => {
      const order = await rig.created(rig.order({ token: 'tok_3ds' }));
      const page = {
        kind: 'action_required',
        next_action: { type: 'redirect', url: expect.stringMatching(/^https?:/) },
        code_ends_at: null,
      };
      expect(await confirm(order)).toEqual(page);
      expect(await channel.query(rig.call(), order)).toEqual(page);
      await rig.payer(order, { action });
      const answer: any = await channel.query(rig.call(), order);
      expect(answer.kind).toBe(kind);
      expect(answer.failure?.code).toBe(kind === 'declined' ? 'authentication_failed' : undefined);
    });

    test('may be under way for a while, and is told by callback when it is done', async () => {
      const known = rig.sandbox.callbacks.length;
      const order = await rig.created(rig.order({ token: 'tok_processing' }));
      expect(await confirm(order)).toEqual({ kind: 'pending' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'pending' });
      const isOfOrder = new RegExp(`(?=.*${order.reference})(?=.*${given.notices.payment.source})`);
      const heard = await rig.nextCallback(known, isOfOrder);
      expect(rig.read(heard)).toMatchObject({
        kind: 'attempt',
        reference: order.reference,
        answer: { kind: 'approved' },
      });
    });

    test('that was never answered did happen: the query tells, and a resend charges nothing more', async () => {
      const order = await rig.created(rig.order({ token: 'tok_unknown' }));
      for (let times = 0; times < 2; times += 1)
        expect(await confirm(order, 1_000)).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
      expect(await channel.query(rig.call(), order)).toMatchObject({ kind: 'approved' });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 1 }]);
    });

    test('that was lost did not happen: the order stands open and can be closed', async () => {
      const order = await rig.created(rig.order({ token: 'tok_lost' }));
      expect(await confirm(order, 1_000)).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'open' });
      expect(await channel.close(rig.call(), order)).toEqual({ kind: 'closed' });
      expect(await rig.books(order)).toMatchObject([{ paid_count: 0, state: 'closed' }]);
    });

    test('of a closed order is no yes', async () => {
      const order = await rig.created();
      await channel.close(rig.call(), order);
      expect(['unknown', 'declined']).toContain((await confirm(order)).kind);
      expect(await channel.query(rig.call(), order)).toEqual({ kind: 'closed' });
    });

    test('is found without the order’s number, by ours', async () => {
      const order = rig.order();
      await confirm(await rig.created(order));
      await eventually(async () => {
        const answer = await channel.query(rig.call(), order);
        return answer.kind === 'approved' && agrees(order, answer.receipt);
      });
    });
  });
}
