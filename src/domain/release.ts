import { type Difference, differenceOf, type Proportion, proportionOf } from './proportion.ts';
import { fits, type MethodRule, type Paying } from './rule.ts';
import { placeIn } from './share.ts';

/** A payment that was made while a release was in force, and what became of it: held money counts as paid. */
export type Released = Omit<Paying, 'method'> & { readonly end: 'paid' | 'unpaid' | 'open' };

/** One half of the customers that a release is about. */
export interface ReleaseArm {
  readonly arm: 'held_back' | 'released';
  readonly payments: number;
  readonly paid: number;
  readonly open: number;
  /** Of those that are decided; null where none is. */
  readonly success: Proportion | null;
  /** How far it is above those who go without; null of these, and where one has no figures. */
  readonly against_held_back: Difference | null;
}

/**
 * How customers do whom a method is released to beside those who go without it, whatever each of them paid with: who would
 * not have used it belongs to his half all the same (intention to treat).
 *
 * @param sample payments of the app; those that the rule is not about are left out
 */
export function releaseArms(
  rule: MethodRule,
  sample: readonly Released[],
): readonly [ReleaseArm, ReleaseArm] {
  const about = sample.filter((one) => isAbout(rule, one));
  const isIn = (one: Released) => placeIn(rule.name, one) < (rule.percent ?? 0) * 100;
  const without = armOf('held_back', about.filter((one) => !isIn(one))); // prettier-ignore
  const having = armOf('released', about.filter(isIn));
  if (!having.success || !without.success) return [without, having];
  return [without, { ...having, against_held_back: differenceOf(having.success, without.success) }];
}

/** Whatever it was paid with: the half without the method pays with others. */
function isAbout({ name, when }: MethodRule, paying: Released): boolean {
  return fits({ name, when: { ...when, methods: undefined } }, { ...paying, method: '' });
}

function armOf(arm: ReleaseArm['arm'], payments: readonly Released[]): ReleaseArm {
  const count = (end: Released['end']) => payments.filter((one) => one.end === end).length;
  const [paid, open] = [count('paid'), count('open')];
  const success = proportionOf(paid, payments.length - open);
  return { arm, payments: payments.length, paid, open, success, against_held_back: null };
}
