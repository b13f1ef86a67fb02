import type { RawCallback } from '../../../src/channels/callback.ts';
import type { SetupOrder } from '../../../src/channels/setup.ts';
import { drawId } from '../../../src/store/id.ts';
import { type Conformant, type Rig } from '../rig.ts';

/** Where a method can be kept without a payment: made first, then confirmed with a token, and kept once its bank has agreed. */
// eslint-disable-next-line jest/no-export -- a chapter of the suite in ../conformance.ts
export function setups(given: Conformant, opened: () => Rig): void {
  const { channel } = given;
  let rig: Rig;
  beforeAll(() => {
    rig = opened();
  });

  const order = (token = 'tok_ok'): SetupOrder => {
    const reference = drawId('pm');
    const method = channel.facts.setup_methods![0]!;
    const return_url = 'https://shop.example/back?customer=1';
    return { method, reference, channel_key: '', handle: null, token, return_url };
  };
  const under = (setup: SetupOrder, verb: string): SetupOrder => ({
    ...setup,
    channel_key: `${setup.reference}.${verb}`,
  });
  const create = (setup: SetupOrder) => channel.setup!(rig.call(), under(setup, 'setup'));
  const made = async (setup = order()): Promise<SetupOrder> => {
    const answer = await create(setup);
    if (answer.kind !== 'created') throw new Error(`setup: ${JSON.stringify(answer)}`);
    return { ...setup, handle: answer.handle };
  };
  const confirm = (setup: SetupOrder, ms?: number) =>
    channel.confirmSetup!(rig.call(ms), under(setup, 'confirm'));
  const close = (setup: SetupOrder) => channel.closeSetup!(rig.call(), under(setup, 'close'));
  const query = (setup: SetupOrder) => channel.querySetup!(rig.call(), setup);
  const keep = (setup: SetupOrder) =>
    channel.keep!(rig.call(), { payment_method: setup.reference, setup });
  const confirmed = async (token: string) => {
    const setup = await made(order(token));
    return { setup, answer: await confirm(setup) };
  };
  /** What he does on his bank's page. */
  const press = async ({ answer }: Awaited<ReturnType<typeof confirmed>>, choice: string) => {
    if (answer.kind !== 'action_required' || answer.next_action.type !== 'redirect')
      throw new Error(`nobody is asked: ${JSON.stringify(answer)}`);
    const page = new URL(answer.next_action.url);
    page.pathname += `/${choice}`;
    expect((await fetch(page, { method: 'POST', redirect: 'manual' })).status).toBe(303);
  };

  describe('a method that is set up without a payment', () => {
    test('is made without keeping anything, once under its key', async () => {
      const setup = await made();
      expect(await create(setup)).toEqual({ kind: 'created', handle: setup.handle });
      expect(await query(setup)).toEqual({ kind: 'open' });
      expect(['unknown', 'never_sent']).toContain((await keep(setup)).kind);
    });

    test('is kept once its bank has agreed, and pays while its payer is away', async () => {
      const { setup, answer } = await confirmed('tok_ok');
      expect(answer).toEqual({ kind: 'set_up' });
      expect(await query(setup)).toEqual({ kind: 'set_up' });
      const kept = await keep(setup);
      expect(kept).toMatchObject({ kind: 'kept', card: { last4: expect.stringMatching(/^\d{4}$/) } });
      expect(await keep(setup)).toEqual(kept);
      const token = kept.kind === 'kept' ? kept.token : '';
      const away = rig.order({ method: setup.method, token, usage: 'off_session' });
      await rig.paid(away);
      expect(await rig.books(away)).toMatchObject([{ paid_count: 1 }]);
    }); // prettier-ignore

    test.each([
      ['tok_insufficient_funds', 'insufficient_funds'],
      ['tok_declined', 'card_declined'],
      ['tok_expired', 'expired_card'],
      ['tok_fraud', 'fraud_suspected'],
    ])('with %s is declined for %s, now and when asked', async (token, code) => {
      const { setup, answer } = await confirmed(token);
      const declined = { kind: 'declined', failure: { code, channel_code: expect.any(String) } };
      expect(answer).toMatchObject(declined);
      expect(await query(setup)).toMatchObject(declined);
    });

    test.each([
      ['authenticate', 'set_up'],
      ['decline', 'declined'],
    ])('that needs its payer shows him a page: to %s ends %s', async (choice, kind) => {
      const asking = await confirmed('tok_3ds');
      expect(await query(asking.setup)).toEqual(asking.answer);
      await press(asking, choice);
      const answer: any = await query(asking.setup);
      expect(answer.kind).toBe(kind);
      expect(answer.failure?.code).toBe(kind === 'declined' ? 'authentication_failed' : undefined);
    });

    test('that its payer has left is closed, once or twice, and confirmed no more', async () => {
      const { setup } = await confirmed('tok_3ds');
      for (let times = 0; times < 2; times += 1)
        expect(await close(setup)).toEqual({ kind: 'closed' });
      expect(await query(setup)).toEqual({ kind: 'closed' });
      const again = await channel.confirmSetup!(rig.call(), under(setup, 'confirm.1'));
      expect(again).toEqual({ kind: 'closed' });
    });

    test('that is set up cannot be closed any more', async () => {
      const { setup } = await confirmed('tok_ok');
      expect((await close(setup)).kind).toBe('refused');
    });

    test('whose confirmation was never answered is found, or stands open', async () => {
      for (const [token, kind] of [
        ['tok_unknown', 'set_up'],
        ['tok_lost', 'open'],
      ] as const) {
        const setup = await made(order(token));
        expect(await confirm(setup, 1_000)).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
        expect(await query(setup)).toEqual({ kind });
      }
    });

    test.each(['timeout_before_commit', 'timeout_after_commit', 'reset_mid_body'])(
      'whose making ends in %s is made once all the same',
      async (fault) => {
        await rig.fault('any', fault);
        const setup = order();
        const lost = await channel.setup!(rig.call(1_000), under(setup, 'setup'));
        expect(lost.kind).toBe('unknown');
        const { handle } = await made(setup);
        expect(await made(setup)).toMatchObject({ handle });
      },
    );

    test('of another number than was asked about is none', async () => {
      const { handle } = await made();
      expect((await query({ ...order(), handle })).kind).toBe('disagrees');
    });

    test('is told by a notice, of which no changed byte is believed', async () => {
      const known = rig.sandbox.callbacks.length;
      const { setup } = await confirmed('tok_ok');
      const heard = await rig.nextCallback(known, new RegExp(setup.reference));
      expect(rig.read(heard)).toEqual({
        kind: 'setup',
        event: expect.stringMatching(/./),
        reference: setup.reference,
        order: setup.handle,
      });
      const changes = [...heard.body].map((byte, at): RawCallback => {
        const body = Buffer.from(heard.body);
        body[at] = byte ^ 1;
        return { ...heard, body };
      });
      for (const changed of changes)
        expect(rig.unbelieved).toContain(rig.read({ ...heard, ...changed }).kind);
    });
  });
}
