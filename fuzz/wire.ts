import { Agent, request } from 'node:http';

import { type Answer, breaches } from './answer.ts';
import type { Findings } from './finding.ts';

/** One request, as well-formed as Node's client makes it; what is not goes by `socket.ts`. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

const patienceMs = 45_000; // more than the longest `wait`

/** The way to the API; every answer is held against the rules of every answer. */
export class Wire {
  /** How many requests were made, by `ask` and by raw sockets. */
  requests = 0;
  readonly port: number;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly findings: Findings;

  constructor(port: number, findings: Findings) {
    this.port = port;
    this.findings = findings;
  }

  async ask(given: Ask): Promise<Answer> {
    this.requests += 1;
    const answer = await this.send(given);
    for (const rule of breaches(answer, given.path.startsWith('/v1/callbacks/')))
      this.findings.add(rule, `${told(given)} → ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  }

  private send({ method, path, headers = {}, body }: Ask): Promise<Answer> {
    const began = performance.now();
    return new Promise((resolve) => {
      const end = (status: number, text: string, of: Answer['headers'] = {}): void =>
        resolve({ status, text, headers: of, ms: performance.now() - began });
      const options = { port: this.port, host: '127.0.0.1', agent: this.agent, timeout: patienceMs };
      const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
      const sent = request({ ...options, method, path, headers: { ...length, ...headers } }, (got) => {
        const chunks: Buffer[] = [];
        got.on('data', (chunk: Buffer) => chunks.push(chunk));
        got.on('error', () => end(0, 'cut off'));
        got.on('end', () => end(got.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), got.headers));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${patienceMs} ms`)));
      sent.on('error', (error) => end(0, error.message));
      sent.end(body);
    });
  } // prettier-ignore

  close(): void {
    this.agent.destroy();
  }
}

function told({ method, path, body }: Ask): string {
  return `${method} ${path} ${body?.toString('latin1').slice(0, 200) ?? ''}`;
}
