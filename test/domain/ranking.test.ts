import fc from 'fast-check';

import {
  type Bucket,
  type Counted,
  counted,
  figuresOf,
  noCalls,
  sumOf,
} from '../../src/domain/health.ts';
import { type Compared, rank } from '../../src/domain/ranking.ts';
import { choose } from '../../src/domain/routing.ts';
import type { Paying } from '../../src/domain/rule.ts';

const paying: Paying = {
  method: 'card',
  currency: 'USD',
  amount: 10_000,
  customer: null,
  country: null,
  order_no: 'A-1',
};
/** The order of a payment that learns how another account does: one of 20 is. */
const trial: Paying = { ...paying, order_no: 'A-2' };

/** An account that takes so many ten thousandths. */
const costing = (id: string, bp: number | null): Compared => ({
  account: { id, fees: bp === null ? null : [{ rate_ppm: bp * 100 }] },
});

/** An account of whose last beginnings so many percent succeeded. */
const succeeding = (id: string, percent: number | null, begun = 1_000): Compared => {
  const success_rate = percent === null ? null : percent / 100;
  return { account: { id }, figures: { ...figuresOf([]), begun, success_rate } };
};

/** So many calls of a verb that were answered, and declined. */
const calls = (of: Counted, answered: number, declined = 0): Bucket => {
  const some = (count: number, result: 'answered' | 'declined') =>
    Array.from({ length: count }, () => counted(noCalls, result, 20));
  return { at: 0, counted: of, tally: sumOf([...some(answered, 'answered'), ...some(declined, 'declined')]) };
}; // prettier-ignore
const called = (id: string, ...buckets: Bucket[]): Compared => ({ account: { id }, figures: figuresOf(buckets) }); // prettier-ignore

const orderOf = (...ranked: Parameters<typeof rank>) =>
  rank(...ranked).ordered.map(({ account }) => account.id);

describe('by cost', () => {
  test('the cheapest goes first, and the figures are told', () => {
    const all = [costing('cha_a', 290), costing('cha_b', 120), costing('cha_c', 200)];
    expect(orderOf('cost', all, paying)).toEqual(['cha_b', 'cha_c', 'cha_a']);
    expect(rank('cost', all, paying).reason).toBe('the cheapest: 1.20 USD at cha_b, 2.00 USD at cha_c, 2.90 USD at cha_a'); // prettier-ignore
  });

  test('of two that cost the same the rule’s order holds', () => {
    const all = [costing('cha_a', 120), costing('cha_b', 120)];
    expect(orderOf('cost', all, paying)).toEqual(['cha_a', 'cha_b']);
  });

  test('whose cost is not known goes behind those whose is, and first where none is', () => {
    const all = [costing('cha_a', null), costing('cha_b', 900)];
    expect(orderOf('cost', all, paying)).toEqual(['cha_b', 'cha_a']);
    expect(rank('cost', all, paying).reason).toBe('the cheapest: 9.00 USD at cha_b, not known at cha_a'); // prettier-ignore
    expect(orderOf('cost', all.slice(0, 1), paying)).toEqual(['cha_a']);
  });

  test('no other of the list is ever cheaper than the chosen one', () => {
    const rates = fc.array(fc.option(fc.nat(1_000)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rates, (of) => {
        const [first] = orderOf('cost', of.map((bp, at) => costing(`${at}`, bp)), paying); // prettier-ignore
        const known = of.filter((bp) => bp !== null);
        expect(of[Number(first)]).toBe(known.length > 0 ? Math.min(...known) : null);
      }),
    );
  });

  test('a rule of a document chooses so, and names three of many', () => {
    const serving = Array.from({ length: 6 }, (_, at) => costing(`cha_${at}`, 300 - at * 10));
    const accounts = serving.map(({ account }) => ({ channel_account: account.id }));
    const routes = [{ name: 'thrift', by: 'cost' as const, accounts }];
    const rules = { version: 1, limits: [], methods: [], routes };
    const { chosen, routing } = choose(rules, paying, serving.slice(0, 5))!;
    expect(chosen.account.id).toBe('cha_4');
    expect(routing.reason).toBe("'thrift' takes the cheapest: 2.60 USD at cha_4, 2.70 USD at cha_3, 2.80 USD at cha_2, 2 more"); // prettier-ignore
    expect(routing.expected_fee).toEqual({ amount: 260, currency: 'USD' });
    const named = [{ name: 'thrift', by: 'cost' as const, accounts: accounts.slice(5) }];
    expect(
      choose({ ...rules, routes: named }, paying, serving.slice(0, 5))!.routing.rule,
    ).toBeNull();
  });
});

describe('by success rate', () => {
  test('the best goes first where it is ahead by five points', () => {
    const all = [succeeding('cha_a', 90), succeeding('cha_b', 95), succeeding('cha_c', 97.25)];
    expect(orderOf('success_rate', all, paying)).toEqual(['cha_c', 'cha_b', 'cha_a']);
    expect(rank('success_rate', all, paying).reason).toBe('the best success rate: 97.3 % at cha_c, 95.0 % at cha_b, 90.0 % at cha_a'); // prettier-ignore
  });

  test('a smaller lead moves nobody, and the reason says so', () => {
    const all = [succeeding('cha_a', 93), succeeding('cha_b', 97)];
    expect(rank('success_rate', all, paying)).toMatchObject({
      ordered: [{ account: { id: 'cha_a' } }, { account: { id: 'cha_b' } }],
      reason: 'its first, which nobody is ahead of by 5 points: 93.0 % at cha_a, 97.0 % at cha_b',
    });
  });

  test('rates that waver by less than five points never move the choice', () => {
    const points = fc.double({ min: 0, max: 4.99, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 95, noNaN: true }), fc.array(points, { minLength: 1, maxLength: 8 }), (least, of) => {
        const all = of.map((more, at) => succeeding(`cha_${at}`, least + more));
        expect(orderOf('success_rate', all, paying)[0]).toBe('cha_0');
      }),
    ); // prettier-ignore
  });

  test('an account of few payments is neither preferred nor left for its rate', () => {
    const few = (percent: number) => succeeding('cha_few', percent, 19);
    expect(orderOf('success_rate', [succeeding('cha_a', 50), few(100)], paying)[0]).toBe('cha_a');
    expect(orderOf('success_rate', [few(50), succeeding('cha_a', 100)], paying)[0]).toBe('cha_few');
  });
});

describe.each(['success_rate', 'score'] as const)('by %s', (by) => {
  test('one declined payment beside answers to questions moves nobody', () => {
    const all = [called('cha_a', calls('create', 0, 1), calls('query', 500)), called('cha_b')];
    expect(orderOf(by, all, paying)).toEqual(['cha_a', 'cha_b']);
    const other = called('cha_b', calls('create', 100));
    expect(orderOf(by, [all[0]!, other], paying)).toEqual(['cha_a', 'cha_b']);
  });

  test('twenty declined ones move the payments to who does better', () => {
    const bad = called('cha_a', calls('create', 1, 10), calls('confirm', 0, 9));
    const all = [bad, called('cha_b', calls('create', 20))];
    expect(orderOf(by, all, paying)).toEqual(['cha_b', 'cha_a']);
  });

  test('a few payments learn how an account does that nobody uses, and the reason says so', () => {
    const all = [called('cha_a', calls('create', 5, 95)), called('cha_b')];
    expect(orderOf(by, all, paying)).toEqual(['cha_a', 'cha_b']);
    expect(orderOf(by, all, trial)).toEqual(['cha_b', 'cha_a']);
    expect(rank(by, all, trial).reason).toMatch(/^one to learn of it, as with 5 % of its payments: not known at cha_b, \d+\.\d( %)? at cha_a$/); // prettier-ignore
  });

  test('the first is not forgotten while another is ahead of it: payments would go to and fro', () => {
    const all = [called('cha_a', calls('create', 5, 95)), called('cha_b', calls('create', 100))];
    expect(orderOf(by, all, paying)[0]).toBe('cha_b');
    expect(orderOf(by, all, trial)[0]).toBe('cha_a');
  });

  test('nobody is tried whose figure is known, and there is nobody to try beside an only one', () => {
    const all = ['cha_a', 'cha_b'].map((id) => called(id, calls('create', 100)));
    expect(orderOf(by, all, trial)[0]).toBe('cha_a');
    expect(orderOf(by, [called('cha_a')], trial)).toEqual(['cha_a']);
  });

  test('of many payments one in twenty is a trial, as often of each account that is not known', () => {
    const all = ['cha_a', 'cha_b', 'cha_c'].map((id) => called(id));
    const first = Array.from({ length: 20_000 }, (_, nth) => orderOf(by, all, { ...paying, order_no: `A-${nth}` })[0]); // prettier-ignore
    for (const id of ['cha_b', 'cha_c']) {
      const share = first.filter((one) => one === id).length / first.length;
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.03);
    }
  });
});

describe('by score', () => {
  test('a dear account goes behind one that does as well and costs less', () => {
    const figures = figuresOf([calls('create', 100)]);
    const with_ = (one: Compared): Compared => ({ ...one, figures });
    const all = [with_(costing('cha_a', 400)), with_(costing('cha_b', 100))];
    expect(orderOf('score', all, paying)).toEqual(['cha_b', 'cha_a']);
    expect(rank('score', all, paying).reason).toMatch(
      /^the best score: \d+\.\d at cha_b, \d+\.\d at cha_a$/,
    );
  });
});
