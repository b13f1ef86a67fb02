import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Chance } from './chance.ts';
import type { Complaints } from './violation.ts';
import { pause } from './wire.ts';

/** An event as it was received, and how often. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly object: { readonly id: string; readonly sequence?: number };
  readonly body: string;
  accepted: number;
}

/** A merchant's receiver of webhooks. It verifies by its own code, and does not always feel well. */
export class Receiver {
  readonly received = new Map<string, Received>();
  /** Told once the endpoint exists. */
  secret = '';
  /** Refuses and dawdles until it is told to be well. */
  unwell = true;
  private readonly tries = new Map<string, number>();
  private readonly server = createServer((request, response) => {
    this.take(request, response).catch(() => request.socket.destroy());
  });
  private readonly seed: string;
  private readonly complaints: Complaints;

  constructor(seed: string, complaints: Complaints) {
    this.seed = seed;
    this.complaints = complaints;
  }

  /** Opens it; answers its port. */
  open(): Promise<number> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () =>
        resolve((this.server.address() as AddressInfo).port),
      );
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const id = String(request.headers['webhook-id']);
    const complaint = this.complaintAbout(request, body);
    if (complaint) this.complaints.add('I7', id, complaint);
    const mood = await this.moodOf(id);
    if (mood === 'gone') return void request.socket.destroy();
    if (mood === 'refuses' || complaint) return void response.writeHead(500).end();
    this.keep(id, body);
    response.writeHead(204).end();
  }

  /** Standard Webhooks, written from its specification. */
  private complaintAbout({ headers }: IncomingMessage, body: string): string | null {
    const stamp = String(headers['webhook-timestamp']);
    const age = Math.abs(Date.now() / 1_000 - Number(stamp));
    if (!(age < 300)) return `its timestamp is ${stamp}`;
    const key = Buffer.from(this.secret.replace(/^whsec_/, ''), 'base64');
    const signed = `${String(headers['webhook-id'])}.${stamp}.${body}`;
    const wanted = createHmac('sha256', key).update(signed).digest();
    const given = String(headers['webhook-signature']).split(' ');
    const isSigned = given.some((one) => {
      const bytes = Buffer.from(one.replace(/^v1,/, ''), 'base64');
      return one.startsWith('v1,') && bytes.length === 32 && timingSafeEqual(bytes, wanted);
    });
    return isSigned ? null : 'its signature is not valid';
  }

  /** 10 % refused, 3 % cut, 3 % slow, by the seed: the same for the same try of the same event. */
  private async moodOf(id: string): Promise<'refuses' | 'gone' | 'well'> {
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    if (!this.unwell) return 'well';
    const draw = new Chance(`${this.seed}/${id}/${tries}`).number();
    if (draw < 0.1) return 'refuses';
    if (draw < 0.13) return 'gone';
    if (draw < 0.16) await pause(1_500);
    return 'well';
  }

  /** I7: one id is one event; whoever counts twice must be able to tell by it. */
  private keep(id: string, body: string): void {
    const event = JSON.parse(body) as Received & { data: { object: Received['object'] } };
    const known = this.received.get(id);
    if (event.id !== id) this.complaints.add('I7', id, `the body calls itself ${event.id}`);
    if (known && digest(known.body) !== digest(body))
      this.complaints.add('I7', id, 'another body under the same id');
    const { type, sequence, data } = event;
    if (known) known.accepted += 1;
    else this.received.set(id, { id, type, sequence, object: data.object, body, accepted: 1 });
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
