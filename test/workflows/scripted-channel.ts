import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Call, Channel, Order, RefundOrder } from '../../src/channels/channel.ts';
import { channelFor } from '../../src/channels/registry.ts';
import { type Verb, verbs } from '../../src/domain/operation.ts';
import type { Answer, QueryAnswer, Receipt } from '../../src/domain/outcome.ts';
import { qrCode, receipt } from '../support/payment.ts';

/** One request as the channel got it. */
export interface Heard {
  readonly verb: Verb;
  readonly reference: string;
  readonly body: string;
}

/** What a script makes of one call: an answer, `lose` (nothing comes back), or `own` (what the book says). */
export type Line = (own: () => Answer) => Answer | 'lose' | Promise<Answer | 'lose'>;

interface Entry {
  state: 'open' | 'pending' | 'closed' | { readonly paid: Receipt };
}

/**
 * A channel that keeps a book of orders and answers from it, unless its script says otherwise. It is reached
 * over a real socket behind the real `send`, so that fence and log of exchanges are the product's own.
 */
export class ScriptedChannel {
  readonly heard: Heard[] = [];
  readonly orders = new Map<string, Entry>();
  readonly refunds = new Map<string, RefundOrder>();
  /** Awaited by the adapter before it sends: a sender that is frozen right before the socket. */
  beforeSend: (verb: Verb) => Promise<void> = () => Promise.resolve();
  /** Called by the adapter with the reply in hand: what it throws is a worker that dies there. */
  afterSend: (verb: Verb) => void = () => undefined;
  codeEndsAt: () => string | null = () => null;
  private readonly script = new Map<Verb, Line[]>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  /** Has the next calls of this verb answered by these lines, one each; after them the book answers. */
  next(verb: Verb, ...lines: Line[]): void {
    this.script.set(verb, [...(this.script.get(verb) ?? []), ...lines]);
  }

  always(verb: Verb, line: Line): void {
    this.script.set(
      verb,
      Array.from({ length: 10_000 }, () => line),
    );
  }

  /** The script of this verb is over: the book answers. */
  noMore(verb: Verb): void {
    this.script.delete(verb);
  }

  /** Forgets script, book and what was heard. */
  reset(): void {
    this.script.clear();
    this.orders.clear();
    this.refunds.clear();
    this.heard.length = 0;
    this.beforeSend = () => Promise.resolve();
    this.afterSend = () => undefined;
    this.codeEndsAt = () => null;
  }

  /** The payer pays. Throws when there is no such order or it takes no money. */
  pay(reference: string): Receipt {
    const entry = this.orders.get(reference);
    if (entry?.state !== 'open') throw new Error(`${reference} cannot be paid at the channel`);
    const paid = receipt({ channel_reference: `rcp-${reference}` });
    entry.state = { paid };
    return paid;
  }

  /** The verbs heard about this number, in order. */
  verbsOf(reference: string): Verb[] {
    return this.heard.filter((one) => one.reference === reference).map((one) => one.verb);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The adapter: one request per verb, whose reply is the answer. */
  adapter(): Channel {
    const speak =
      (verb: Verb) =>
      async (call: Call<unknown>, order: Order | RefundOrder): Promise<never> => {
        await this.beforeSend(verb);
        const { url } = call.account as { url: string };
        const reply = await call.send({
          method: 'POST',
          url: `${url}/${verb}`,
          headers: {},
          body: JSON.stringify(order),
        });
        this.afterSend(verb);
        if (reply.kind === 'reply') return JSON.parse(reply.body) as never;
        const kind = reply.kind === 'lost' ? 'unknown' : 'never_sent';
        return { kind, detail: reply.detail } as never;
      };
    return {
      slug: 'scripted',
      facts: channelFor('wechat-pay')!.facts,
      parseAccount: (settings) => settings,
      create: speak('create'),
      query: speak('query'),
      close: speak('close'),
      refund: speak('refund'),
      queryRefund: speak('query_refund'),
      readCallback: () => ({ kind: 'meaningless', detail: 'callbacks come through the rig' }),
      redact: (text) => text,
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const order = JSON.parse(body) as Order | RefundOrder;
    const verb = verbs.find((one) => request.url === `/${one}`)!;
    this.heard.push({ verb, reference: order.reference, body });
    const own = () => this.own(verb, order);
    const answer = await (this.script.get(verb)?.shift() ?? ((book) => book()))(own);
    if (answer === 'lose') response.destroy();
    else response.end(JSON.stringify(answer));
  }

  /** What the book says, and what the call does to it. */
  private own(verb: Verb, order: Order | RefundOrder): Answer {
    const entry = this.orders.get(order.reference);
    switch (verb) {
      case 'create':
        if (entry && entry.state !== 'open') return { kind: 'unknown', detail: 'it is not open' };
        this.orders.set(order.reference, { state: 'open' });
        return { ...qrCode, code_ends_at: this.codeEndsAt() } as Answer;
      case 'query':
        return entry ? this.stateOf(entry) : { kind: 'not_found' };
      case 'close':
        if (entry?.state !== 'open') return { kind: 'refused', detail: 'it is not open' };
        entry.state = 'closed';
        return { kind: 'closed' };
      case 'refund':
        this.refunds.set(order.reference, order as RefundOrder);
        return refundAnswer(order as RefundOrder);
      case 'query_refund': {
        const made = this.refunds.get(order.reference);
        return made ? refundAnswer(made) : { kind: 'not_found' };
      }
      default:
        throw new Error(`a QR channel has no '${verb}'`);
    }
  }

  private stateOf({ state }: Entry): QueryAnswer {
    return typeof state === 'string' ? { kind: state } : { kind: 'approved', receipt: state.paid };
  }
}

function refundAnswer(order: RefundOrder): Answer {
  const { amount, currency, reference } = order;
  return {
    kind: 'refund',
    status: 'succeeded',
    channel_reference: `r-${reference}`,
    amount,
    currency,
  };
}
