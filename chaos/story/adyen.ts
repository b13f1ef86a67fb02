import type { Payment } from '../contract.ts';
import type { Scene } from '../scene.ts';
import { pause } from '../wire.ts';

/** A card in a currency that goes to the channel that nobody can ask: notices alone say what became of a call. */
async function create(scene: Scene, token: string, ends: string[], given: object = {}) {
  scene.order.ends = ends;
  await scene.create({ type: 'card', token }, { currency: 'KWD', ...given });
}

async function held(scene: Scene, ends: string[]): Promise<boolean> {
  await create(scene, 'tok_ok', ends, { capture: 'manual' });
  const isHeld = ({ status }: Payment) => status === 'requires_capture';
  return (await scene.until('requires_capture', isHeld)) !== null;
}

/** Taken as it is made. */
export async function adyenPaid(scene: Scene): Promise<void> {
  await create(scene, 'tok_ok', ['succeeded']);
  await scene.untilFinal();
}

/** Refused, and that is the end. */
export async function adyenDeclined(scene: Scene): Promise<void> {
  await create(scene, 'tok_declined', ['failed'], { on_decline: 'fail' });
  await scene.untilFinal();
}

/** Taken, and whoever asked for it never hears so but by notice, however often he repeats himself. */
export async function adyenUnknown(scene: Scene): Promise<void> {
  scene.order.isSlow = true;
  await create(scene, 'tok_unknown', ['succeeded']);
  await scene.untilFinal();
}

/** He proves to be the card's holder and comes back, sometimes twice; what he brings takes his money. */
export async function adyenReturned(scene: Scene): Promise<void> {
  await create(scene, 'tok_3ds', ['succeeded']);
  const waiting = await scene.untilWaiting();
  if (!waiting) return;
  await comeBack(waiting);
  if (scene.chance.hits(0.3)) await comeBack(waiting);
  await scene.untilFinal();
}

/** He is sent to his bank and stays there; the merchant cancels. */
export async function adyenAbandoned(scene: Scene): Promise<void> {
  await create(scene, 'tok_3ds', ['canceled']);
  if (!(await scene.untilWaiting())) return;
  await scene.cancel();
  await scene.untilFinal();
}

/** Held, then captured once: whole, or a part, and the rest goes back. */
export async function adyenCaptured(scene: Scene): Promise<void> {
  if (!(await held(scene, ['succeeded']))) return;
  const { amount } = scene.order;
  if (scene.chance.hits(0.5)) await scene.capture({ amount });
  else await scene.capture({ amount: Math.floor(amount * 0.4), final: true });
  await scene.untilFinal();
}

/** Held and given back. */
export async function adyenVoided(scene: Scene): Promise<void> {
  if (!(await held(scene, ['canceled']))) return;
  await scene.cancel();
  await scene.untilFinal();
}

/** Paid, and given back in two parts at once. */
export async function adyenRefunded(scene: Scene): Promise<void> {
  await adyenPaid(scene);
  if (scene.order.stuck) return;
  const part = Math.ceil(scene.order.amount / 3);
  await Promise.all([scene.refund(part), scene.refund(part)]);
}

/** F11: a second payment under the same number, made by nobody of ours, beside what is paid or was captured. */
export async function adyenTwice(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  if (scene.chance.hits(0.5)) await adyenPaid(scene);
  else await adyenCaptured(scene);
  if (!scene.order.stuck) await scene.act('pay', true);
}

/** F9: he pays although what was held went back to him. */
export async function adyenLate(scene: Scene): Promise<void> {
  scene.order.isForced = true;
  await adyenVoided(scene);
  if (!scene.order.stuck) await scene.act('pay', true);
}

/** The payer's browser: it presses the button on his bank's page and goes where that leads, again while nobody is there. */
async function comeBack({ next_action }: Payment): Promise<void> {
  if (!next_action?.url) return; // it was over before he could
  const button = new URL(next_action.url);
  button.pathname += '/authenticate';
  for (let tries = 0; tries < 60; tries += 1) {
    const page = await visit(button, 'POST');
    const back = page?.headers.get('location');
    if (back && (await visit(back, 'GET'))) return;
    await pause(500);
  }
}

/** Null while nobody answers, or only that he cannot. */
async function visit(url: URL | string, method: 'GET' | 'POST'): Promise<Response | null> {
  const init = { method, redirect: 'manual', signal: AbortSignal.timeout(10_000) } as const;
  const page = await fetch(url, init).catch(() => null);
  await page?.body?.cancel();
  return page && page.status < 400 ? page : null;
}
