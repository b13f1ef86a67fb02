import type { Attack, Figures, Scene } from '../attack.ts';
import { findSchemathesis, type Schemathesis } from '../schemathesis.ts';

/** A loaded machine needs some of them before the first case. */
const unkeyedSecondsMin = 15;

/** Schemathesis over the OpenAPI document with all of its checks and phases: with a key, and once without. */
export const schema: Attack = {
  name: 'schema',
  run: async (scene): Promise<Figures> => {
    const schemathesis = await findSchemathesis(scene.say);
    if (typeof schemathesis === 'string') return { skipped: schemathesis };
    const { schemaSeconds } = scene.profile;
    const keyed = { Authorization: `Bearer ${scene.stage.shop.key}` };
    const withKey = await pass(scene, schemathesis, schemaSeconds, keyed);
    const without = await pass(
      scene,
      schemathesis,
      Math.max(unkeyedSecondsMin, schemaSeconds / 6),
      {},
    );
    scene.stage.wire.requests += withKey + without;
    return { cases_with_key: withKey, cases_without: without };
  },
};

/** One run within so many seconds. @returns how many cases it made */
async function pass(
  { stage, findings, seed, say }: Scene,
  schemathesis: Schemathesis,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = [`${stage.origin}/openapi.json`, '--checks', 'all', '--seed', String(seed), '--max-time', String(seconds), ...given];
  const { code, lines } = await schemathesis(args, { HOLDFAST_API: stage.origin, HOLDFAST_HOOK: stage.hook });
  const cases = Number(/(\d+) generated/.exec(lines.join('\n'))?.[1] ?? 0);
  const failures = failuresIn(lines);
  for (const { title, detail } of failures) findings.add(title, detail);
  if (code !== 0 && failures.length === 0) findings.add('Schemathesis runs to its end', lines.slice(-30).join(' ⏎ '));
  if (cases === 0) findings.add('Schemathesis makes cases', lines.slice(-30).join(' ⏎ '));
  if (failures.length > 0) say(lines.join('\n'));
  return cases;
} // prettier-ignore

interface Told {
  readonly title: string;
  readonly detail: string;
}

/** `- ST101 Server error`, and what follows until the next one: the operation's line stands above. */
function failuresIn(lines: readonly string[]): Told[] {
  return lines.flatMap((line, index) => {
    const title = /^- (ST\d+ .+)$/.exec(line)?.[1];
    if (title === undefined) return [];
    const place = lines.slice(0, index).findLast((above) => /^_{3,} .+ _{3,}$/.test(above));
    const rest = lines.slice(index + 1, index + 14).map((one) => one.trim());
    return [{ title, detail: `${place?.replaceAll('_', '').trim() ?? ''}: ${rest.filter(Boolean).join(' ')}` }];
  });
} // prettier-ignore
