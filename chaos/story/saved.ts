import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

const consent = { text: 'We keep your card for your next order.' };

/** A customer pays and agrees that his card is kept; its number once the channel has it, null when it has not in time. */
async function keptCard(first: Scene): Promise<string | null> {
  first.order.ends = ['succeeded'];
  const { body } = await first.command('/v1/customers', {});
  const method = { type: 'card', token: 'tok_ok', save: { consent } };
  await first.create(method, { customer: { id: body.id } });
  const id = (await first.untilFinal())?.method?.payment_method;
  for (let tries = 0; id && tries < 120; tries += 1) {
    const { status } = await first.see<{ status: string }>(`/v1/payment_methods/${id}`);
    if (status === 'active') return id;
    await pause(500);
  }
  first.order.stuck ??= 'its card to be kept';
  return null;
}

/** He comes again, or is charged while he is away. */
export async function savedPaid(scene: Scene): Promise<void> {
  const payment_method = await keptCard(scene.beside());
  if (payment_method === null) return;
  scene.order.ends = ['succeeded'];
  const off_session = scene.chance.hits(0.5);
  await scene.create({ type: 'card', payment_method, ...(off_session && { off_session }) });
  await scene.untilFinal();
}

/** F17: he comes again, and more is asked back than he paid. */
export async function savedRefunded(scene: Scene): Promise<void> {
  await savedPaid(scene);
  if (scene.order.stuck || scene.order.payment === null) return;
  const part = Math.ceil(scene.order.amount * 0.6);
  await Promise.all([scene.refund(part), scene.refund(part)]);
}
