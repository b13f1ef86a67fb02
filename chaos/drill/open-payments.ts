import type { Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';
import { movingStories, openStories, type OpenStory } from '../story/open.ts';

/** So many stories begin, or end, at any time. */
const lanes = 24;

interface Told {
  readonly scene: Scene;
  readonly story: OpenStory;
}

/** Payments that are open for as long as a drill wants. */
export class OpenPayments {
  private readonly waiting: Told[];
  private readonly moving: Told[];
  private readonly underWay: Promise<void>[] = [];
  private readonly stage: Stage;

  /** @param moments how often some of them move: a twentieth each time */
  constructor(stage: Stage, count: number, moments: number) {
    this.stage = stage;
    this.waiting = this.drawn(count, openStories);
    this.moving = this.drawn(Math.ceil(count / 20) * moments, movingStories);
    this.momentSize = this.moving.length / moments;
  }

  private readonly momentSize: number;

  /** Resolves once each of them waits for somebody. */
  begin(): Promise<void> {
    return this.all([...this.moving, ...this.waiting], ({ begin }) => begin);
  }

  /** Captures, voids, refunds and payments of some, at this moment; nobody waits for them here. */
  move(): void {
    const some = this.moving.splice(0, this.momentSize);
    for (const { scene, story } of some)
      this.underWay.push(this.stage.traffic.tell(scene, () => story.end(scene)));
  }

  /** Some that are open. */
  some(count: number): string[] {
    return this.waiting.slice(0, count).map(({ scene }) => scene.id);
  }

  /** Each is paid, captured or given up. */
  async end(): Promise<void> {
    await this.all(this.waiting, ({ end }) => end);
    await Promise.all(this.underWay);
  }

  private drawn(count: number, stories: readonly OpenStory[]): Told[] {
    return Array.from({ length: count }, (_, index) => {
      const story = stories[index % stories.length];
      if (!story) throw new Error('bug: no story');
      return { story, scene: this.stage.traffic.scene(story.name) };
    });
  }

  private async all(told: readonly Told[], part: (story: OpenStory) => OpenStory['end']): Promise<void> {
    const line = told.values();
    const lane = async () => {
      for (const { scene, story } of line)
        await this.stage.traffic.tell(scene, () => part(story)(scene));
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }
} // prettier-ignore
