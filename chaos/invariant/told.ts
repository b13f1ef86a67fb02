import type { Event, Payment, Refund } from '../contract.ts';
import type { Evidence } from '../evidence.ts';
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
  const seen = reader.last.get(object.id)?.payment.status;
  if (seen !== undefined && !told.has(seen))
    found.push(say(object.id, `was seen ${seen}, and nobody was told`));
  return found;
}
