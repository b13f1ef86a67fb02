import type { Payment } from './contract.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';
import { backupKept, backupPaid } from './story/backup.ts';
import { pause } from './wire.ts';

/** So many payments come while a channel is down, and while one is silent. */
const payments = 5;

/** A circuit that has opened lets them through again, probe by probe. */
const backMs = 60_000;

type Played = (story: (scene: Scene) => Promise<void>, taker: string) => Promise<string | null>;

/**
 * C2, in fair weather: what becomes of payments whose rule names two accounts. One channel is down: each is paid at the other,
 * once; it is up: payments go there again. One charges and says nothing: none is charged anywhere else.
 */
export async function outage(stage: Stage): Promise<void> {
  const { stack, traffic, complaints, payer } = stage;
  const played: Played = async (story, taker) => {
    const scene = traffic.scene('outage');
    await traffic.tell(scene, () => story(scene));
    const takers = takersOf(await scene.read()).join();
    return takers === taker ? null : `${scene.id} was taken by ${takers || 'nobody'}, not ${taker}`;
  };
  const all = async (story: (scene: Scene) => Promise<void>, taker: string, when: string) => {
    const results = Array.from({ length: payments }, () => played(story, taker));
    for (const wrong of await Promise.all(results))
      if (wrong) complaints.add('contract', wrong.split(' ')[0] ?? '', `C2: ${wrong}: ${when}`);
  };
  await stack.lines.stripe.shut();
  await pause(1_000); // who has kept a connection has heard of its end
  await all(backupPaid, 'adyen', 'stripe is down');
  await stack.lines.stripe.reopen();
  await untilBack(() => played(backupPaid, 'stripe'), stage);
  await payer.arm({ channel: 'adyen', operation: 'create', fault: 'timeout_after_commit', count: payments }); // prettier-ignore
  await payer.arm({ channel: 'adyen', operation: 'callback', fault: 'delay', delay_ms: 5_000, count: payments }); // prettier-ignore
  await all(backupKept, 'adyen', 'adyen has charged, and not said so');
  await payer.calm();
}

async function untilBack(
  again: () => Promise<string | null>,
  { complaints }: Stage,
): Promise<void> {
  for (const until = Date.now() + backMs; ; await pause(500)) {
    const wrong = await again();
    if (wrong === null) return;
    if (Date.now() > until)
      return complaints.add('contract', 'stripe', `C2: is up again: ${wrong}`);
  }
}

/** Who has the payer's money, or had it. */
function takersOf({ attempts }: Payment): string[] {
  return attempts.filter((one) => one.amount_captured > 0).map(({ channel }) => channel);
}
