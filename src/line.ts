/** Leaves the place. */
export type Leave = () => void;

/** Lets only so many through at once under each name. */
export interface Line {
  /** A place under this name, or null when none became free in time: come back later. */
  readonly enter: (name: string) => Promise<Leave | null>;
}

interface Queue {
  inside: number;
  readonly waiting: Set<() => void>;
}

/**
 * @param most how many under one name at once
 * @param waitingMost how many more may wait; whoever waits also takes room in this process
 * @param patienceMs for how long
 */
export function createLine(most: number, waitingMost: number, patienceMs: number): Line {
  const queues = new Map<string, Queue>();

  const leave = (name: string, queue: Queue): void => {
    const [next] = queue.waiting;
    if (next) {
      queue.waiting.delete(next);
      return next(); // the place goes on from hand to hand
    }
    queue.inside -= 1;
    if (queue.inside === 0) queues.delete(name);
  };
  const once = (name: string, queue: Queue): Leave => {
    let isInside = true;
    return () => {
      if (isInside) leave(name, queue);
      isInside = false;
    };
  };
  return {
    enter: (name) => {
      const queue = queues.get(name) ?? { inside: 0, waiting: new Set() };
      queues.set(name, queue);
      if (queue.inside < most) {
        queue.inside += 1;
        return Promise.resolve(once(name, queue));
      }
      if (queue.waiting.size >= waitingMost) return Promise.resolve(null);
      return new Promise((resolve) => {
        const taken = () => {
          clearTimeout(timer);
          resolve(once(name, queue));
        };
        const timer = setTimeout(() => {
          queue.waiting.delete(taken);
          resolve(null);
        }, patienceMs);
        queue.waiting.add(taken);
      });
    },
  };
}
