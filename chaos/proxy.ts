import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** How a line is out of order. `half-open`: what is sent is never answered, and nobody is told. */
export type Trouble = 'cut' | 'half-open' | 'delay';

/** A TCP line in this process, to be put between two parts of the product. */
export class Proxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private trouble: Trouble | null = null;
  private was = 0;
  private readonly target: number;
  private readonly server = createServer({ allowHalfOpen: false, noDelay: true }, (caller) =>
    this.join(caller),
  );

  constructor(target: number) {
    this.target = target;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on the line is out of order; a cut resets what is under way and refuses what comes. */
  disturb(trouble: Trouble): void {
    this.trouble = trouble;
    if (trouble === 'cut') this.reset();
    if (trouble === 'half-open')
      for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** The line is well again. Connections that were half open stay lost, as they do when a router forgot them. */
  mend(): void {
    if (this.trouble === 'half-open') this.reset();
    this.trouble = null;
  }

  /** Nobody listens any more: who comes is refused before there is a connection. */
  async shut(): Promise<void> {
    this.was = this.port;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  /** Somebody listens again, where he did. */
  reopen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.was, '127.0.0.1', resolve));
  }

  close(): void {
    this.reset();
    this.server.close();
  }

  private reset(): void {
    for (const pair of this.pairs) for (const socket of pair) reset(socket);
    this.pairs.clear();
  }

  private join(caller: Socket): void {
    if (this.trouble === 'cut') return reset(caller);
    const callee = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair = [caller, callee] as const;
    this.pairs.add(pair);
    this.carry(caller, callee, pair);
    this.carry(callee, caller, pair);
    if (this.trouble === 'half-open') for (const socket of pair) socket.pause();
  }

  /** Bytes keep their order, also behind delayed ones. */
  private carry(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    let clearAt = 0;
    const afterDelay = (act: () => void) => {
      const now = Date.now();
      if (this.trouble === 'delay') clearAt = now + 2_000;
      if (clearAt > now) setTimeout(act, clearAt - now).unref();
      else act();
    };
    from.on('data', (bytes) => afterDelay(() => to.destroyed || to.write(bytes)));
    from.on('end', () => afterDelay(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.pairs.delete(pair);
      afterDelay(() => to.destroy());
    });
  }
}

/** One that is on its way, or has said its last, cannot be reset: Node would keep its handle for ever. */
function reset(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
