import { setTimeout as pause } from 'node:timers/promises';

import type { Attack, Scene } from '../attack.ts';
import { lookAt } from '../callback/notice.ts';
import { everyPayload } from '../payload.ts';

/** What anybody may be answered who says that he is a payer on his way back: on to the shop, or nobody, or too much. */
const answered = new Set([303, 400, 404, 413, 414, 429, 431]);

/**
 * Browsers that say they come back from a page of Adyen's, with what nobody gave them: the one callback that no signature
 * protects. None of it is a 5xx, and none of it changes a payment.
 */
export const payerReturn: Attack = {
  name: 'return',
  run: async (scene) => {
    const { shop, keys } = scene.stage;
    const payment = await shop.create({ method: { type: 'card', token: 'tok_3ds' }, currency: 'KWD' }); // prettier-ignore
    const reference = payment.attempts[0]?.reference ?? '';
    const before = await lookAt(shop, payment.id, null);
    const queries = [...queriesOf(scene, reference)];
    for (const query of queries) await visit(scene, keys.adyen.channel_account, query);
    for (const account of ['cha_01h45ytscbebyvny4gc8cr8ma2', '__proto__', '%00', 'x'.repeat(3_000)])
      await visit(scene, account, queryOf(reference, 'X6XtfGC3'));
    const after = await judged(() => lookAt(shop, payment.id, null), before);
    scene.findings.expect(after === before, 'only the channel says what a return is worth', () => `${payment.id}: ${before} → ${after}`); // prettier-ignore
    return { sent: queries.length };
  },
};

/** How it stands once Adyen has refused all of them: while one is asked about, the payment is processing. */
async function judged(look: () => Promise<string>, before: string): Promise<string> {
  const deadline = Date.now() + 30_000;
  let now = await look();
  for (; now !== before && Date.now() < deadline; now = await look()) await pause(500);
  return now;
}

function* queriesOf({ chance, profile }: Scene, reference: string): Iterable<string> {
  for (const made of chance.some(everyPayload, profile.payloads)) {
    yield queryOf(reference, made);
    yield queryOf(made, 'X6XtfGC3');
  }
  yield* ['', '?', '?reference', `?reference=${reference}`, '?redirectResult=x', '?%', '?%ff=%ff'];
  yield* [`?reference=${reference}&reference=${reference}`, `?reference[]=${reference}`];
  yield queryOf(reference, chance.text(7_000));
  yield `?reference=${reference}&redirectResult=%c0%ae%00${chance.bytes(40).toString('hex').replace(/../g, '%$&')}`;
}

function queryOf(reference: string, redirectResult: string): string {
  const told = [reference, redirectResult].map((text) => encodeURIComponent(text));
  return `?reference=${told[0]}&redirectResult=${told[1]}`;
}

async function visit({ stage, findings }: Scene, account: string, query: string): Promise<void> {
  const path = `/v1/callbacks/adyen/${account}${query}`;
  const { status, text } = await stage.wire.ask({ method: 'GET', path });
  findings.expect(answered.has(status), 'a made-up return goes on to the shop or nowhere', () => `${status} ${text.slice(0, 100)} to ${path.slice(0, 300)}`); // prettier-ignore
}
