import { agreements } from './conformance/agreement.ts';
import { bills } from './conformance/bill.ts';
import { callbacks } from './conformance/callback.ts';
import { cards } from './conformance/card.ts';
import { credits } from './conformance/credit.ts';
import { faults } from './conformance/fault.ts';
import { holds } from './conformance/hold.ts';
import { modifications } from './conformance/modification.ts';
import { orders } from './conformance/order.ts';
import { refunds } from './conformance/refund.ts';
import { setups } from './conformance/setup.ts';
import { tills } from './conformance/till.ts';
import { tellings } from './conformance/told.ts';
import { type Conformant, keyed, Rig } from './rig.ts';

/**
 * What every channel must do, whatever its wire: run against its sandbox through the real sender, so that
 * an answer is what the payment's actor would be told. A new channel adds a test file with one call of this.
 */
// eslint-disable-next-line jest/no-export -- one suite, run by a test file per channel
export function channelContract(adapter: Conformant): void {
  const channel = keyed(adapter.channel);
  const given = { ...adapter, channel };
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.open(given);
  });
  afterAll(() => rig.sandbox.close());
  afterEach(() => rig.sandbox.control('DELETE', 'faults'));

  const isReported = channel.facts.reported_after_ms !== null;
  if (isReported) tellings(given, () => rig);
  else orders(given, () => rig);
  for (const [method, token] of Object.entries(given.others ?? {}))
    describe(`by ${method}`, () => {
      orders(given, () => rig.by(method, token));
    });
  for (const [method, { reversed_after_ms }] of Object.entries(channel.facts.exceptions ?? {}))
    if (reversed_after_ms !== undefined)
      describe(`by ${method}`, () => {
        tills(given, method, () => rig);
      });
  if (isReported) modifications(given, () => rig);
  else refunds(given, () => rig);
  faults(given, () => rig);
  if (channel.facts.confirms === 'at_once') cards(given, () => rig);
  if (channel.facts.confirms === 'when_agreed') agreements(given, () => rig);
  if (channel.facts.captures !== 'none' && !isReported) holds(given, () => rig);
  if (given.credits) credits(given, () => rig);
  if (channel.facts.bill) bills(given);
  if (channel.facts.setup_methods) setups(given, () => rig);

  test('the sandbox, which watches the merchant’s manners, has nothing against them', async () => {
    const { body } = await rig.sandbox.control('GET', 'books');
    const rules: string[] = body.violations.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(expect.arrayContaining([...given.provoked])); // by the tests above, on purpose
    expect(rules.filter((rule) => !given.provoked.includes(rule))).toEqual([]);
  });

  callbacks(given, () => rig);

  test('of all that went over the wire nothing secret and no payer is kept', async () => {
    await rig.paid();
    const raw = rig.rawReplies.join('\n');
    const payers = [...raw.matchAll(new RegExp(given.payer, 'g'))].map(([, id]) => id!);
    expect(payers.length).toBeGreaterThan(0);
    const callbacks = rig.sandbox.callbacks.map(({ body }) => channel.redact(body.toString()));
    const kept = [JSON.stringify(rig.exchanges), ...callbacks].join('\n');
    const authorizations = rig.requests.flatMap((request) => given.authorization(request) ?? []);
    expect(authorizations.length).toBeGreaterThan(0);
    for (const text of new Set([...payers, ...given.secrets(rig.settings), ...authorizations]))
      expect(kept.includes(text)).toBe(false);
    expect(rig.exchanges.length).toBeGreaterThan(0);
  });
}
