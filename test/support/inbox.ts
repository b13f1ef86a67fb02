import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Webhook } from 'standardwebhooks';

/** A webhook as it came. */
export interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: any;
}

export type Behaviour = (response: ServerResponse, post: Post) => unknown;

/** A merchant's receiver: a path per endpoint; answers 200 unless a test wants otherwise. */
export class Inbox {
  readonly posts: Post[] = [];
  /** Posts under way, the most at once, and all connections, by path. */
  readonly most = new Map<string, number>();
  connections = 0;
  private readonly server: Server;
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly open = new Map<string, number>();

  private constructor() {
    this.server = createServer((request, response) => void this.receive(request, response));
    this.server.on('connection', () => (this.connections += 1));
  }

  static async open(): Promise<Inbox> {
    const inbox = new Inbox();
    inbox.server.listen(0, '127.0.0.1');
    await once(inbox.server, 'listening');
    return inbox;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** From now on this path behaves so; each time the next one, the last stays. */
  behave(path: string, ...behaviours: Behaviour[]): void {
    const left = [...behaviours];
    this.behaviours.set(path, (response, post) => (left.length > 1 ? left.shift() : left[0])?.(response, post)); // prettier-ignore
  }

  at(path: string): Post[] {
    return this.posts.filter((post) => post.path === path);
  }

  /** What came there, once there is as much. Throws after `ms` with the types that came. */
  async until(path: string, done: (posts: Post[]) => boolean, ms = 30_000): Promise<Post[]> {
    const deadline = performance.now() + ms;
    while (!done(this.at(path))) {
      if (performance.now() > deadline) {
        const came = this.at(path).map(({ event }) => event.type as string);
        throw new Error(`not in ${ms} ms: ${done.toString()}; came: ${came.join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.at(path);
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const now = (this.open.get(path) ?? 0) + 1;
    this.open.set(path, now);
    this.most.set(path, Math.max(now, this.most.get(path) ?? 0));
    response.once('close', () => this.open.set(path, (this.open.get(path) ?? 0) - 1));
    let body = '';
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
    const post = { path, headers: request.headers as Record<string, string>, body, event: JSON.parse(body) }; // prettier-ignore
    this.posts.push(post);
    (this.behaviours.get(path) ?? answer(200))(response, post);
  }
}

export const answer =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end();

export const hang: Behaviour = () => undefined;

export const closeSocket: Behaviour = (response) => response.socket?.destroy();

/** The event, as the published library verifies it. Throws when the signature is not of this secret. */
export function verified(secret: string, { body, headers }: Post): any {
  return new Webhook(secret).verify(body, { ...headers });
}
