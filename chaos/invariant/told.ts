import type { Event, Page, Payment, Refund } from '../contract.ts';
import type { Evidence } from '../evidence.ts';
import type { Merchant } from '../merchant.ts';
import type { Reader } from '../reader.ts';
import type { Receiver } from '../receiver.ts';
import type { Violation } from '../violation.ts';

const say = (subject: string, detail: string): Violation => ({ invariant: 'I7', subject, detail });

/** I7: every change was delivered at least once, in numbers without a gap, and the last one is how it stands. */
export function everythingTold(evidence: Evidence, receiver: Receiver, reader: Reader): Violation[] {
  const byObject = new Map<string, Event[]>();
  for (const event of evidence.events) {
    const { id } = event.data.object;
    byObject.set(id, [...(byObject.get(id) ?? []), event]);
  }
  const objects: (Payment | Refund)[] = [...evidence.payments.values(), ...evidence.refunds];
  return [
    ...evidence.events.flatMap((event) => undelivered(event, receiver)),
    ...objects.flatMap((object) => untold(object, byObject.get(object.id) ?? [], reader)),
  ];
} // prettier-ignore

function undelivered(event: Event, receiver: Receiver): Violation[] {
  const received = receiver.received.get(event.id);
  if (!received) return [say(event.id, `${event.type} was not delivered`)];
  const isSame = received.type === event.type && received.sequence === event.sequence;
  return isSame ? [] : [say(event.id, `${event.type} was delivered as ${received.type}`)];
}

function untold(object: Payment | Refund, events: readonly Event[], reader: Reader): Violation[] {
  const ordered = events.toSorted((a, b) => a.sequence - b.sequence);
  const found: Violation[] = [];
  if (ordered.some((event, index) => event.sequence !== index + 1))
    found.push(say(object.id, `its events are ${ordered.map((one) => one.sequence).join()}`));
  const last = ordered.at(-1)?.data.object.status;
  if (last !== object.status)
    found.push(say(object.id, `the last event says ${last}, it is ${object.status}`));
  const told = new Set(ordered.map((event) => event.data.object.status));
  for (const seen of reader.statuses.get(object.id) ?? [])
    if (!told.has(seen)) found.push(say(object.id, `was seen ${seen}, and nobody was told`));
  return found;
}

interface Entry {
  readonly kind: string;
  readonly data: { readonly to?: string };
}

/** I7: the timeline's changes of state and the events about them are the same, one for one. Looks at so many payments. */
export async function everyChangeTold(
  merchant: Merchant,
  { payments, events }: Evidence,
  most: number,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { id } of [...payments.values()].slice(0, most)) {
    const { data } = await merchant.read<Page<Entry>>(`/v1/payments/${id}/timeline`);
    const changes = data.filter(({ kind, data: { to } }) => kind === 'state' && to).map((entry) => entry.data.to); // prettier-ignore
    const told = toldOf(events.filter((event) => event.data.object.id === id));
    if (changes.join() !== told.join())
      found.push(say(id, `went ${changes.join(', ')}; was told ${told.join(', ')}`));
  }
  return found;
}

const besideStates: ReadonlySet<string> = new Set(['payment.late_receipt', 'payment.duplicate_receipt', 'payment.conflict']); // prettier-ignore

function toldOf(events: readonly Event[]): (string | undefined)[] {
  const ofStates = events.filter((event) => !besideStates.has(event.type));
  const ordered = ofStates.toSorted((a, b) => a.sequence - b.sequence);
  return ordered.map((event) => event.data.object.status);
}
