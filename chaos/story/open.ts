import type { Scene } from '../scene.ts';

/** A story in two parts: between them the payment is open, or its merchant has something more in mind. */
export interface OpenStory {
  readonly name: string;
  readonly begin: (scene: Scene) => Promise<void>;
  readonly end: (scene: Scene) => Promise<unknown>;
}

const qr = { type: 'wechat_pay_qr' };
const card = (token: string) => ({ type: 'card', token });

async function wait(scene: Scene, method: object, end: 'succeeded' | 'canceled'): Promise<void> {
  scene.order.ends = [end];
  await scene.create(method);
  await scene.untilWaiting();
}

async function hold(scene: Scene, end: 'succeeded' | 'canceled'): Promise<void> {
  scene.order.ends = [end];
  await scene.create(card('tok_ok'), { capture: 'manual' });
  await scene.until('requires_capture', ({ status }) => status === 'requires_capture');
}

async function finish(scene: Scene, act: () => Promise<unknown>): Promise<void> {
  await act();
  await scene.untilFinal();
}

const scanned: OpenStory = {
  name: 'qrOpen',
  begin: (scene) => wait(scene, qr, 'succeeded'),
  end: (scene) => finish(scene, () => scene.act('pay')),
};

const asked: OpenStory = {
  name: 'cardOpen',
  begin: (scene) => wait(scene, card('tok_3ds'), 'succeeded'),
  end: (scene) => finish(scene, () => scene.act('authenticate')),
};

const givenUp: OpenStory = {
  name: 'qrGivenUp',
  begin: (scene) => wait(scene, qr, 'canceled'),
  end: (scene) => finish(scene, () => scene.cancel()),
};

const held: OpenStory = {
  name: 'holdOpen',
  begin: (scene) => hold(scene, 'succeeded'),
  end: (scene) => finish(scene, () => scene.capture({ amount: scene.order.amount })),
};

const released: OpenStory = {
  name: 'holdReleased',
  begin: (scene) => hold(scene, 'canceled'),
  end: (scene) => finish(scene, () => scene.cancel()),
};

const returned: OpenStory = {
  name: 'cardReturned',
  begin: async (scene) => {
    scene.order.ends = ['succeeded'];
    await scene.create(card('tok_ok'));
    await scene.untilFinal();
  },
  end: (scene) => scene.refund(Math.ceil(scene.order.amount * 0.4)),
};

/** What stays open, in turn: mostly codes that nobody has scanned yet. */
export const openStories: readonly OpenStory[] = [scanned, scanned, asked, scanned, held, scanned, givenUp, scanned, asked, held]; // prettier-ignore

/** What goes on in the very moment when a process is asked to end. */
export const movingStories: readonly OpenStory[] = [returned, held, released, returned, scanned];
