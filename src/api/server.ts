import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'; // prettier-ignore
import type { Socket } from 'node:net';

/** What one connection may take (faults.md section 5 row 15): a caller who never finishes is sent away. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 14_000, // with the look every second: gone within 15 s
  keepAliveTimeout: 65_000, // balancers reuse a connection for 60 s; Node ends it after 5, under the next request
  connectionsCheckingInterval: 1_000, // Node looks every 30 s by itself, and a slow caller would stay for 45
  maxHeaderSize: 8_192,
} as const;

/** Long polls hold one each for up to 30 s; beyond it a connection is closed at once, so that memory has an end. */
const connectionsMax = 2_000;

/** Of one connection so many requests wait, then no more are read: about what one read of 64 KiB brings by itself. */
const waitingMax = 100;

/** Once the server closes, who has not asked yet, or only half of it, has so long: a balancer's spare connection never does. */
const unaskedMs = 1_000;

/** The API's server, which knows who waits for an answer. */
export interface ApiServer extends Server {
  /** Ends every connection that has nothing in hand. */
  readonly endUnasked: () => void;
}

/**
 * The server in front of the API: it hands on only what every reader of HTTP understands alike, and of each
 * connection one request at a time.
 */
export function createApiServer(app: RequestListener): ApiServer {
  const lines: Lines = new WeakMap();
  const serve = inTurn(app, lines);
  const server = createServer(limits, (request, response) => {
    const target = targetOf(request);
    // As Node's parser answers what is no HTTP: there is no code for it, and nobody knows who it was meant for.
    if (target === null) return void response.writeHead(400, { Connection: 'close' }).end();
    request.url = target;
    lastOnceClosed(server, response);
    serve(request, response);
  });
  server.maxConnections = connectionsMax;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return Object.assign(server, {
    endUnasked: () => {
      for (const socket of sockets) if (!lines.has(socket)) socket.destroy();
    },
  });
}

/**
 * Takes no more connections, and ends each behind the answer that it waits for. False when somebody still waited after
 * `ms`: then he is cut off, and what he was promised he hears when he repeats it.
 */
export async function drain(server: ApiServer, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const drained = new Promise<true>((resolve) => server.close(() => resolve(true)));
  server.closeIdleConnections();
  const unasked = setTimeout(() => server.endUnasked(), unaskedMs); // a closing server has no headersTimeout any more
  const isDrained = await Promise.race([drained, tooLong]);
  clearTimeout(unasked);
  clearTimeout(timer);
  return isDrained;
}

/**
 * Once nobody listens, an answer says that it is the last one on its connection. A caller who always has something more
 * to ask would never be done, and would be cut off in the middle at last.
 */
function lastOnceClosed(server: Server, response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    if (!server.listening) response.shouldKeepAlive = false;
    return writeHead(...given);
  };
}

/**
 * Path and query of what is asked for; null when it is ambiguous: two Host lines (RFC 9112 section 3.2), or an absolute
 * target that is no http URL. Of a good one the host is dropped, since nothing here depends on it.
 */
function targetOf({ url = '', rawHeaders }: IncomingMessage): string | null {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
  if (hosts.length > 1) return null;
  if (url.startsWith('/') || url === '*') return url;
  const absolute = /^https?:\/\/[^/?#\\]+(.*)$/i.exec(url);
  if (!absolute || !URL.canParse(url)) return null;
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Of each connection that has a request in hand, those behind it. */
type Lines = WeakMap<Socket, (() => void)[]>;

/**
 * Requests of one connection one after the other. Node hands on all that were sent in one breath at once: a thousand
 * took every connection to PostgreSQL for 2 s, and everybody else was told 503.
 */
function inTurn(serve: RequestListener, lines: Lines): RequestListener {
  const next = (socket: Socket): void => {
    const work = socket.destroyed ? undefined : lines.get(socket)?.shift();
    if (work) return work();
    lines.delete(socket);
    if (!socket.destroyed) socket.resume();
  };
  return (request, response) => {
    const { socket } = request;
    const work = (): void => {
      response.once('close', () => next(socket));
      serve(request, response);
    };
    const line = lines.get(socket);
    if (line && line.push(work) === waitingMax) socket.pause();
    if (line) return;
    lines.set(socket, []);
    work();
  };
}
