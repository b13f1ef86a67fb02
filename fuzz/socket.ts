import { connect, type Socket } from 'node:net';

/** What came back over one raw connection. */
export interface Said {
  readonly text: string;
  /** Statuses of the answers, in order. */
  readonly statuses: number[];
  /** Did the server end it? */
  readonly closed: boolean;
  readonly ms: number;
}

/** Opens a raw connection to the API on loopback. */
export function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined); // a reset is an answer too
  return socket;
}

/**
 * Writes these bytes and listens until the server closes, until `done` of what it said so far, or for `patienceMs`.
 * Takes the connection down afterwards.
 */
export function say(
  port: number,
  bytes: Buffer | string,
  patienceMs: number,
  done: (text: string) => boolean = () => false,
): Promise<Said> {
  const socket = open(port);
  socket.write(bytes);
  return heard(socket, patienceMs, done);
}

/** Listens on an open connection; see `say`. */
export function heard(
  socket: Socket,
  patienceMs: number,
  done: (text: string) => boolean = () => false,
): Promise<Said> {
  const began = performance.now();
  let text = '';
  return new Promise((resolve) => {
    const end = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map((found) => Number(found[1]));
      resolve({ text, statuses, closed, ms: performance.now() - began });
    };
    const timer = setTimeout(() => end(false), patienceMs);
    socket.on('close', () => end(true));
    socket.on('end', () => end(true));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (done(text)) end(false);
    });
  });
} // prettier-ignore
