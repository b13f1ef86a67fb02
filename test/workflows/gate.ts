/** A place where somebody is held until the test opens it. */
export interface Gate {
  /** Called by who is to be held. */
  readonly arrive: () => Promise<void>;
  /** Somebody has come. */
  readonly arrived: Promise<void>;
  readonly open: () => void;
}

export function gate(): Gate {
  const [arrived, come] = promised();
  const [opened, open] = promised();
  return {
    arrive: () => {
      come();
      return opened;
    },
    arrived,
    open,
  };
}

function promised(): [Promise<void>, () => void] {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return [promise, resolve];
}
