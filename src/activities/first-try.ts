import type { TryDelivery } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { within } from './patience.ts';
import type { Teller } from './webhook-try.ts';

/** The first tries of deliveries, made by the process that has just committed their events. */
export interface FirstTries {
  readonly tryDelivery: TryDelivery;
  /** Takes no more, and waits for those under way, at most `patienceMs`: their rows are found again later. */
  readonly stop: (patienceMs: number) => Promise<void>;
}

/**
 * @param most how many at once, over all receivers; what comes beyond is left to an activity. They wait for
 *   receivers: sockets and memory, not work
 */
export function createFirstTries(teller: Teller, most = 100): FirstTries {
  const underWay = new Set<Promise<boolean>>();
  let isOpen = true;

  const tried = async (id: string, round: number): Promise<boolean> => {
    try {
      return (await teller(id, round)).kind === 'over';
    } catch (error) {
      logger.info({ delivery_id: id, err: error }, 'a first try was not written down');
      return false;
    }
  };
  return {
    tryDelivery: async ({ id, round }) => {
      if (!isOpen || underWay.size >= most) return false;
      const one = tried(id, round);
      underWay.add(one);
      return one.finally(() => underWay.delete(one));
    },
    stop: async (patienceMs) => {
      isOpen = false;
      await within(patienceMs, Promise.all(underWay)).catch(() => undefined); // the rows are there for whoever comes next
    },
  };
}
