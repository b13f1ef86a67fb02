import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Call, Channel } from '../../src/channels/channel.ts';
import type { ChannelFacts } from '../../src/channels/facts.ts';
import { type Verb, verbs } from '../../src/domain/operation.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { type Body, ScriptedBook } from './scripted-book.ts';

/** One request as the channel got it. */
export interface Heard {
  readonly verb: Verb;
  readonly reference: string;
  readonly body: string;
}

/** What a script makes of one call: an answer, `lose` (nothing comes back), or `own` (what the book says). */
export type Line = (own: () => Answer) => Answer | 'lose' | Promise<Answer | 'lose'>;

/**
 * A channel that keeps a book of orders and answers from it, unless its script says otherwise. It is reached
 * over a real socket behind the real `send`, so that fence and log of exchanges are the product's own.
 */
export class ScriptedChannel {
  readonly heard: Heard[] = [];
  readonly slug: string;
  readonly book: ScriptedBook;
  /** Awaited by the adapter before it sends: a sender that is frozen right before the socket. */
  beforeSend: (verb: Verb) => Promise<void> = () => Promise.resolve();
  /** Called by the adapter with the reply in hand: what it throws is a worker that dies there. */
  afterSend: (verb: Verb) => void = () => undefined;
  private readonly script = new Map<Verb, Line[]>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  private readonly facts: ChannelFacts;

  /** @param facts of the channel that it is like */
  constructor(slug: string, facts: ChannelFacts) {
    this.slug = slug;
    this.facts = facts;
    this.book = new ScriptedBook(facts.confirms !== 'never');
  }

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
    this.book.reset();
    this.heard.length = 0;
    this.beforeSend = () => Promise.resolve();
    this.afterSend = () => undefined;
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
      async (call: Call<unknown>, { calls: _before, ...order }: Body): Promise<never> => {
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
      slug: this.slug,
      facts: this.facts,
      parseAccount: (settings) => settings,
      create: speak('create'),
      confirm: speak('confirm'),
      query: speak('query'),
      close: speak('close'),
      capture: speak('capture'),
      void: speak('void'),
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
    const order = JSON.parse(body) as Body;
    const verb = verbs.find((one) => request.url === `/${one}`)!;
    this.heard.push({ verb, reference: order.reference, body });
    const own = () => this.book.own(verb, order);
    const answer = await (this.script.get(verb)?.shift() ?? ((book) => book()))(own);
    if (answer === 'lose') response.destroy();
    else response.end(JSON.stringify(answer));
  }
}
