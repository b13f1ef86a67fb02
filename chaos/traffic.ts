import type { Chance } from './chance.ts';
import { Unanswered } from './merchant.ts';
import { type Cast, type Order, Scene } from './scene.ts';
import { play, storiesOf, type StoryName } from './story/mix.ts';
import { pause } from './wire.ts';

export interface Plan {
  readonly payments: number;
  /** How many stories are played at any time. */
  readonly inFlight: number;
  /** Only this story. */
  readonly story: StoryName | undefined;
}

/** The merchants and payers, all of them. */
export class Traffic {
  readonly orders: Order[] = [];
  started = 0;
  ended = 0;
  /** The killer lets so much of the traffic begin. */
  allowed = 0;
  private others = 0;
  private readonly cast: Cast;
  private readonly chance: Chance;

  constructor(cast: Cast, chance: Chance) {
    this.cast = cast;
    this.chance = chance;
  }

  /** Plays all stories; returns when the last one has ended. */
  async run({ payments, inFlight, story }: Plan): Promise<void> {
    const draw = this.chance.branch('stories');
    const names = storiesOf(payments, (weights) => story ?? draw.weighted(weights));
    const line = names.map((name) => story ?? name).entries();
    const player = async (): Promise<void> => {
      for (const [index, name] of line) {
        while (this.started >= this.allowed) await pause(50);
        this.started += 1;
        const scene = this.set(index, name);
        await this.tell(scene, () => play(name, scene));
        this.ended += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, player));
  }

  /** Plays one more, beside the plan. */
  another(name: StoryName): { readonly order: Order; readonly played: Promise<void> } {
    const scene = this.scene(name);
    return { order: scene.order, played: this.tell(scene, () => play(name, scene)) };
  }

  /** One more order beside the plan, for somebody who tells its story himself. */
  scene(story: string): Scene {
    this.others += 1;
    return this.set(10_000_000 + this.others, story);
  }

  /** A part of its story; what goes wrong in it is a complaint. */
  async tell({ order }: Scene, part: () => Promise<unknown>): Promise<void> {
    try {
      await part();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const kind = error instanceof Unanswered ? 'answer' : 'contract';
      this.cast.complaints.add(kind, `${order.story} ${order.payment ?? order.order_no}`, detail);
    }
  }

  private set(index: number, story: string): Scene {
    const another = (nth: number) => this.set(index + nth * 1_000_000, story);
    const scene = new Scene(this.cast, this.chance.branch(`order ${index}`), index, story, another);
    this.orders.push(scene.order);
    return scene;
  }
} // prettier-ignore
