import type { StoryName } from './story/mix.ts';

/** A numbered place in the product where a process is ended once, and the story that leads it there. */
export interface FaultPlace {
  readonly number: number;
  readonly process: 'api' | 'worker';
  readonly point: string;
  readonly story: StoryName;
  /** While nobody else plays, or another's story would be the first to come there. */
  readonly isAlone?: boolean;
  /** Only what concerns this very story's payment: a callback sent again, of another, would heal by a query. */
  readonly isItsOwn?: boolean;
  /** A fault at the channel without which nobody comes there. */
  readonly fault?: object;
}

type Points = Partial<Record<StoryName, readonly string[]>>;

const around = (...names: string[]) => names.flatMap((name) => [`${name}.before`, `${name}.after`]);
const call = (verb: string) => [`fence.${verb}.before`, ...around(`call.${verb}`)];

/** Before and after each write of the API: claim, start, command, signal, callback, reply. */
const ofApi: Points = {
  qrPaid: ['claim.before', ...around('commit', 'start', 'post.payments', 'callback', 'signal')],
  cardSwitched: ['unsaid.after', ...around('command.confirm')],
  cardCaptured: around('command.capture'),
  cardVoided: around('command.cancel'),
  cardRefunded: around('command.refund', 'post.refunds'),
  walletWithdrawn: around('post.withdrawals'),
};

/** Before and after each write of a worker: record, fence, channel call, delivery. */
const ofWorker: Points = {
  qrPaid: [
    ...around('record.outcome', 'record.callback', 'commit', 'webhook'),
    ...call('create'),
    'delivered.after',
  ],
  cardPaid: call('confirm'),
  cardCaptured: [...around('record.command'), ...call('capture')],
  cardVoided: call('void'),
  qrClosed: call('close'),
  qrAbandoned: around('record.due'),
  cardRefunded: call('refund'),
};

/** With its callback there would be nothing to ask. Until the place is done: others' callbacks, sent again, used up a count. */
const lostCallbacks = { channel: 'stripe', operation: 'callback', fault: 'drop' };

function listed(process: FaultPlace['process'], points: Points): Omit<FaultPlace, 'number'>[] {
  const stories = Object.entries(points) as [StoryName, readonly string[]][];
  return stories.flatMap(([story, names]) => names.map((point) => ({ process, point, story })));
}

/** All of them, each process's in a row. */
export const faultPlaces: readonly FaultPlace[] = [
  ...listed('api', ofApi),
  ...listed('worker', ofWorker),
  ...['callback.before', 'callback.after'].map((point) => ({ process: 'api' as const, point, story: 'qrLate' as const, isAlone: true, isItsOwn: true })), // no query finds late money
  ...around('call.query').map((point) => ({ process: 'worker' as const, point, story: 'cardUnknown' as const, fault: lostCallbacks })),
  { process: 'worker' as const, point: 'call.query_refund.after', story: 'cardRefunded' as const, fault: lostCallbacks },
].map((place, index) => ({ number: index + 1, ...place })); // prettier-ignore
