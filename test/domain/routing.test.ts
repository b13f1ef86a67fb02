import fc from 'fast-check';

import { choose, type Hindrance } from '../../src/domain/routing.ts';
import type { Paying, Rules } from '../../src/domain/rule.ts';
import { paying } from '../support/paying.ts';

const serving = (...ids: string[]) => ids.map((id) => ({ account: { id } }));
const rules = (given: Partial<Rules>) => ({
  version: 3,
  limits: [],
  methods: [],
  routes: [],
  ...given,
});
const named = (...ids: string[]) => ids.map((channel_account) => ({ channel_account }));

describe('a payment without a rule', () => {
  test('goes to the first account that serves it, and says so', () => {
    expect(choose(null, paying(), serving('cha_a', 'cha_b'))).toEqual({
      chosen: { account: { id: 'cha_a' } },
      routing: {
        rules_version: null,
        rule: null,
        reason: 'no rule chooses: the first of 2 that take card in USD',
      },
      backups: [],
    });
  });

  test('goes nowhere when nobody serves it', () => {
    const all = rules({ routes: [{ name: 'all', accounts: named('cha_a') }] });
    expect(choose(all, paying(), [])).toBeNull();
  });
});

describe('the backups of a choice', () => {
  const ids = (of: ReturnType<typeof choose>) =>
    of?.backups.map(({ chosen }) => (chosen as { account: { id: string } }).account.id);

  test('are the other accounts of the rule that serve, in its order', () => {
    const routes = [{ name: 'all', accounts: named('cha_d', 'cha_b', 'cha_c', 'cha_a') }];
    const routed = choose(rules({ routes }), paying(), serving('cha_a', 'cha_b', 'cha_d'));
    expect(ids(routed)).toEqual(['cha_b', 'cha_a']);
  });

  test('are those of a share, too, each once', () => {
    const shares = [60, 40].map((percent, at) => ({ channel_account: `cha_${at}`, percent }));
    const routes = [{ name: 'split', accounts: shares }];
    const routed = choose(rules({ routes }), paying(), serving('cha_0', 'cha_1'))!;
    expect([routed.chosen.account.id, ...ids(routed)!].toSorted()).toEqual(['cha_0', 'cha_1']);
  });
});

describe('an account that is hindered', () => {
  const open = { words: 'its circuit is open', bars: false };
  const paused = { words: 'it is paused', bars: true };
  const hindered = (...all: [string, Hindrance | null][]) =>
    all.map(([id, hindrance]) => ({ account: { id }, hindrance }));
  const split = rules({ routes: [{ name: 'split', accounts: [{ channel_account: 'cha_a', percent: 100 }, { channel_account: 'cha_b', percent: 0 }] }] }); // prettier-ignore

  test('is passed over for another that the rule names, and the reason says so', () => {
    const routed = choose(split, paying(), hindered(['cha_a', open], ['cha_b', null]));
    expect(routed).toMatchObject({
      chosen: { account: { id: 'cha_b' } },
      routing: {
        reason: "'split' names it next; cha_a is passed over: its circuit is open",
        passed_over: 'cha_a',
      },
      backups: [{ chosen: { account: { id: 'cha_a' } } }],
    });
  });

  test('is not passed over where it keeps its payments, or is a backup', () => {
    const kept = choose(split, paying(), hindered(['cha_a', open], ['cha_b', open]))!;
    const well = choose(split, paying(), hindered(['cha_a', null], ['cha_b', open]))!;
    for (const { routing, backups } of [kept, well])
      for (const one of [routing, ...backups.map((backup) => backup.routing)])
        expect(one).not.toHaveProperty('passed_over');
  });

  test('and takes what was dealt to one that does not serve passes on what is that one’s', () => {
    const routed = choose(split, paying(), hindered(['cha_b', open]))!;
    expect(routed.routing).toMatchObject({ passed_over: 'cha_a' });
    const accounts = [{ channel_account: 'cha_a', percent: 100 }, { channel_account: 'cha_b', percent: 0 }, { channel_account: 'cha_c', percent: 0 }];
    const three = rules({ routes: [{ name: 'split', accounts }] });
    const past = choose(three, paying(), hindered(['cha_b', open], ['cha_c', null]))!;
    expect([past.chosen.account.id, past.routing.passed_over]).toEqual(['cha_c', 'cha_a']);
  }); // prettier-ignore

  test.each([
    ['without a rule', null],
    ['by a rule that names it alone', rules({ routes: [{ name: 'one', accounts: named('cha_a') }] })],
  ])('keeps its payments %s, and refuses them where it is paused', (_case, given) => {
    const [kept, refused] = [open, paused].map((why) =>
      choose(given, paying(), hindered(['cha_a', why], ['cha_b', null])),
    );
    expect(kept?.chosen.account.id).toBe('cha_a');
    expect(refused).toBeNull();
  }); // prettier-ignore

  test('is the last of the backups, and none where it is paused', () => {
    const routes = [{ name: 'all', accounts: named('cha_a', 'cha_b', 'cha_c', 'cha_d') }];
    const serving = hindered(['cha_a', null], ['cha_b', open], ['cha_c', paused], ['cha_d', null]);
    const routed = choose(rules({ routes }), paying(), serving)!;
    expect(routed.backups.map(({ chosen }) => chosen.account.id)).toEqual(['cha_d', 'cha_b']);
  });

  test.each<[Hindrance | null, Hindrance | null, string | undefined]>([
    [open, open, 'cha_a'],
    [paused, open, 'cha_b'],
    [open, paused, 'cha_a'],
    [paused, null, 'cha_b'],
    [null, paused, 'cha_a'],
    [paused, paused, undefined],
  ])('(%j, the other %j) leaves %s', (first, second, chosen) => {
    const routed = choose(split, paying(), hindered(['cha_a', first], ['cha_b', second]));
    expect(routed?.chosen.account.id).toBe(chosen);
  });
});

describe('a rule of preference', () => {
  const routes = [
    { name: 'dear', when: { amount_min: 100_000 }, accounts: named('cha_c') },
    { name: 'dollars', when: { currencies: ['USD'] }, accounts: named('cha_b', 'cha_a') },
    { name: 'cards', when: { methods: ['card'] }, accounts: named('cha_a') },
  ];

  test.each([
    [{}, ['cha_a', 'cha_b'], 'cha_b', 'dollars'],
    [{}, ['cha_a'], 'cha_a', 'dollars'],
    [{ currency: 'EUR' }, ['cha_b', 'cha_a'], 'cha_a', 'cards'],
    [{ amount: 100_000 }, ['cha_a', 'cha_c'], 'cha_c', 'dear'],
    [{ amount: 100_000 }, ['cha_a', 'cha_d'], 'cha_a', 'dollars'],
    [{ currency: 'EUR', method: 'paypal' }, ['cha_d', 'cha_a'], 'cha_d', null],
  ])('chooses for %j among %j', (given, ids, chosen, rule) => {
    const routed = choose(rules({ routes }), paying(given), serving(...ids));
    expect(routed?.chosen.account.id).toBe(chosen);
    expect(routed?.routing).toMatchObject({ rules_version: 3, rule });
  });

  test('says how far down its list the account stood', () => {
    const routed = choose(rules({ routes }), paying(), serving('cha_a'));
    expect(routed?.routing.reason).toBe("'dollars' prefers it, as number 2 of 2");
  });
});

describe('a rule of shares', () => {
  const split = (...percents: number[]) => [
    {
      name: 'split',
      accounts: percents.map((percent, at) => ({ channel_account: `cha_${at}`, percent })),
    },
  ];
  const three = serving('cha_0', 'cha_1', 'cha_2');
  const to = (given: Partial<Paying>, ...percents: number[]) =>
    choose(rules({ routes: split(...percents) }), paying(given), three)!.chosen.account.id;

  test('holds its shares within 1 % over 10,000 customers', () => {
    const counts = { cha_0: 0, cha_1: 0, cha_2: 0 } as Record<string, number>;
    for (let at = 0; at < 10_000; at += 1) counts[to({ customer: `cus_${at}` }, 70, 25, 5)]! += 1;
    expect(Math.abs(counts['cha_0']! - 7_000)).toBeLessThan(100);
    expect(Math.abs(counts['cha_1']! - 2_500)).toBeLessThan(100);
    expect(Math.abs(counts['cha_2']! - 500)).toBeLessThan(100);
  });

  test('deals a customer to the same account whatever he pays, and one without a name by his order', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.nat(), (customer, order_no, amount) => {
        expect(to({ customer, order_no, amount }, 50, 50)).toBe(to({ customer }, 50, 50));
        expect(to({ order_no, amount }, 50, 50)).toBe(to({ order_no }, 50, 50));
      }),
    );
  });

  test('moves nobody back when a share grows', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 98 }), (customer, percent) => {
        const was = to({ customer }, percent, 100 - percent);
        if (was === 'cha_0') expect(to({ customer }, percent + 1, 99 - percent)).toBe('cha_0');
      }),
    );
  });

  test('gives what falls to an account that does not serve to the next of its list, and says so', () => {
    const routed = choose(rules({ routes: split(99, 1) }), paying(), serving('cha_1'))!;
    expect(routed.chosen.account.id).toBe('cha_1');
    expect(routed.routing.reason).toBe("'split' dealt it to cha_0, which does not take it");
  });
});
