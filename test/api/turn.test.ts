import { setImmediate } from 'node:timers/promises';

import { takingTurns } from '../../src/api/turn.ts';

const busy = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until;);
};

test('what takes long lets others have their turn, and is all done, in its order', async () => {
  const order: string[] = [];
  const others = (async () => {
    for (let n = 0; n < 3; n += 1) {
      await setImmediate();
      order.push('another');
    }
  })();
  const doubled = await takingTurns([1, 2, 3, 4], (one) => {
    busy(6);
    order.push(`${one}`);
    return one * 2;
  });
  await others;
  expect(doubled).toEqual([2, 4, 6, 8]);
  expect(order.slice(0, 3)).toEqual(['1', 'another', '2']);
});

test('nothing is nothing', async () => {
  expect(await takingTurns([], busy)).toEqual([]);
});
