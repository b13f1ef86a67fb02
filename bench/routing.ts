import { performance } from 'node:perf_hooks';

import { choose, type VersionedRules } from '../src/domain/routing.ts';
import type { Paying, RouteRule } from '../src/domain/rule.ts';
import { type Distribution, distribution } from './distribution.ts';

/** What it costs to choose a payment's account among as many rules and accounts as a document may have. */
export interface RoutingFigures {
  readonly rules: number;
  readonly accounts: number;
  readonly choices: number;
  /** Microseconds where each payment fits one rule of all. */
  readonly one_fits_us: Distribution;
  /** Microseconds where all rules fit and only the last names an account that serves: no document costs more. */
  readonly all_fit_us: Distribution;
}

/** The most that a document may hold (`api/rule-schema.ts`). */
const rules = 200;
const accounts = 20;

const ids = (of: string) => Array.from({ length: accounts }, (_, at) => `cha_${of}${at}`);

/** Rules of shares, each for a range of amounts of its own; or each for all, and nobody of any but the last one's serves. */
function document(isForAll: boolean): VersionedRules {
  const routes = Array.from({ length: rules }, (_, at): RouteRule => {
    const named = ids(isForAll && at < rules - 1 ? `idle_${at}_` : 'serving_');
    const when = { methods: ['card'], currencies: ['USD'] };
    const range = { ...when, amount_min: at * 100, amount_max: at * 100 + 99 };
    return {
      name: `rule-${at}`,
      when: isForAll ? when : range,
      accounts: named.map((channel_account) => ({ channel_account, percent: 100 / accounts })),
    };
  });
  return { version: 1, limits: [], methods: [], routes };
}

/** Times `choices` choices one by one, after as many that warm up. */
function timed(document: VersionedRules, choices: number): Distribution {
  const serving = ids('serving_').map((id) => ({ account: { id } }));
  const took: number[] = [];
  for (let at = 0; at < 2 * choices; at += 1) {
    const paying: Paying = { method: 'card', currency: 'USD', amount: (at % rules) * 100 + 1, customer: null, country: null, order_no: `A-${at}` }; // prettier-ignore
    const began = performance.now();
    choose(document, paying, serving);
    if (at >= choices) took.push((performance.now() - began) * 1_000);
  }
  return distribution(took);
}

/** Measures the choice alone: it is a pure function, so no stack is needed. */
export function routing(choices = 20_000): RoutingFigures {
  const [one_fits_us, all_fit_us] = [timed(document(false), choices), timed(document(true), choices)]; // prettier-ignore
  return { rules, accounts, choices, one_fits_us, all_fit_us };
}
