import type { Merchant } from '../merchant.ts';
import type { Scene } from '../scene.ts';

/** In these currencies alone a rule names two accounts, each the other's backup: by which channel it begins. */
const orders = { CHF: ['stripe', 'adyen'], NOK: ['adyen', 'stripe'] } as const;

/** The merchant's rule; every other payment goes where it would without one. */
export async function nameBackups(merchant: Merchant): Promise<void> {
  const { data } = await merchant.read<{ data: { id: string; channel: string }[] }>(
    '/v1/channel_accounts',
  );
  const at = (slug: string) => ({
    channel_account: data.find(({ channel }) => channel === slug)?.id,
  });
  const routes = Object.entries(orders).map(([currency, channels]) => ({
    name: `backups-${currency.toLowerCase()}`,
    when: { methods: ['card'], currencies: [currency] },
    accounts: channels.map(at),
  }));
  const { status } = await merchant.post('/v1/rules', { routes }, 'rules', 20_000);
  if (status !== 201) throw new Error(`the rules were answered ${status}`);
}

async function create(
  scene: Scene,
  currency: keyof typeof orders,
  token: string,
  given: object = {},
) {
  scene.order.currency = currency;
  await scene.create({ type: 'card', token }, given);
}

/** Paid at the first account, or at its backup when nothing leaves for the first. */
export async function backupPaid(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await create(scene, 'CHF', 'tok_ok');
  await scene.untilFinal();
}

/** The first channel cannot process it; its backup can. */
export async function backupTaken(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await create(scene, 'CHF', 'tok_processing_error', { on_decline: 'fail' });
  await scene.untilFinal();
}

/** Charged by the first channel, and whoever charged it hears so by notice alone: the backup is not asked. */
export async function backupSpared(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  scene.order.isSlow = true;
  await create(scene, 'NOK', 'tok_unknown');
  await scene.untilFinal();
}

/** Charged by the first channel, whose answer and notice come late. */
export async function backupKept(scene: Scene): Promise<void> {
  scene.order.ends = ['succeeded'];
  await create(scene, 'NOK', 'tok_ok');
  await scene.untilFinal();
}
