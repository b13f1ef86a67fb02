import type { Channel } from '../channels/channel.ts';
import type { Config } from '../config.ts';
import type { HealthBoard } from '../store/health-board.ts';
import type { Store } from '../store/store.ts';
import type { Waiting } from '../store/waiting.ts';
import type { Actor } from './actor.ts';

/** What the API's calls work with. */
export interface Dependencies {
  readonly store: Store;
  readonly waiting: Waiting;
  readonly actor: Actor;
  readonly config: Config;
  /** How well the channel accounts do. */
  readonly health: HealthBoard;
  readonly channelFor: (slug: string) => Channel | undefined;
}
