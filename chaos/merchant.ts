import type { Chance } from './chance.ts';
import type { Page, Payment } from './contract.ts';
import type { Complaints } from './violation.ts';
import { ask, pause, type Reply } from './wire.ts';

/** A command's answer, once there was one that is not "try again". */
export interface Answered {
  readonly status: number;
  readonly code: string | null;
  readonly body: { readonly id: string; readonly status: string };
}

interface Kept {
  readonly id: string;
  readonly status: number;
}

/** Marks every key, so that one which leaks is found. */
export const keyCanary = 'idem-canary';

const patienceMs = 120_000;

/** What every answer of this status may say, and no other (contract section 1). */
const tryAgain: Readonly<Record<number, readonly string[]>> = {
  409: ['idempotency_in_progress'],
  429: ['rate_limited'],
  503: ['dependency_unavailable'],
};

/** Nobody answered in all his patience: too slow, or dead for good. */
export class Unanswered extends Error {}

/** A merchant's backend as it should be: whatever does not answer is asked again with the same Idempotency-Key. */
export class Merchant {
  private readonly kept = new Map<string, Kept>();
  /** Where the API answers: any of them will do. */
  readonly doors: string[];
  private readonly apiKey: string;
  private readonly complaints: Complaints;

  constructor(api: string, apiKey: string, complaints: Complaints) {
    this.doors = [api];
    this.apiKey = apiKey;
    this.complaints = complaints;
  }

  /**
   * Sends a command until it is answered. Sometimes it hangs up before the answer (F4).
   * Throws when nobody has answered for two minutes.
   *
   * @param chance decides on hanging up
   */
  async command(path: string, body: object, key: string, chance: Chance): Promise<Answered> {
    const deadline = Date.now() + patienceMs;
    let timeoutMs = chance.hits(0.05) ? chance.whole(10, 400) : 25_000;
    for (let waitMs = 100; Date.now() < deadline; waitMs = Math.min(1_000, waitMs * 2)) {
      const reply = await this.post(path, body, key, timeoutMs).catch(() => null);
      timeoutMs = 25_000;
      if (reply && !this.isToBeRepeated(path, reply)) return this.judged(path, key, reply);
      await pause(waitMs * (0.5 + Math.random()));
    }
    throw new Unanswered(`POST ${path}: no answer in ${patienceMs / 1_000} s`);
  }

  /** An object, asked for until it is answered. Throws after two minutes. */
  async read<T>(path: string): Promise<T> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const reply = await this.get(path).catch(() => null);
      if (reply?.status === 200) return reply.body as T;
      if (reply && !this.isToBeRepeated(path, reply))
        throw new Error(`GET ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      if (Date.now() > deadline) throw new Unanswered(`GET ${path}: no answer`);
      await pause(200);
    }
  }

  /** Every object of a list, newest first. */
  async list<T extends { readonly id: string }>(path: string): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const last = all.at(-1);
      const cursor = last ? `&starting_after=${last.id}` : '';
      const page = await this.read<Page<T>>(`${path}?limit=100${cursor}`);
      all.push(...page.data);
      if (!page.has_more) return all;
    }
  }

  /** The payment once `done` says so, or null when it does not within `ms`. */
  async until(
    id: string,
    done: (payment: Payment) => boolean,
    ms = 90_000,
  ): Promise<Payment | null> {
    const deadline = Date.now() + ms;
    let sequence = 0;
    for (;;) {
      const path = `/v1/payments/${id}?wait=5&after_sequence=${sequence}`;
      const payment = await this.read<Payment>(path);
      if (done(payment)) return payment;
      if (Date.now() > deadline) return null;
      sequence = payment.sequence;
    }
  }

  /** One page of the newest payments, or null when nobody answers now. */
  async newest(limit: number): Promise<readonly Payment[] | null> {
    const reply = await this.get(`/v1/payments?limit=${limit}`, 5_000).catch(() => null);
    return reply?.status === 200 ? (reply.body as Page<Payment>).data : null;
  }

  /** One try of a command. Rejects when no answer came. */
  post(path: string, body: object, key: string, timeoutMs: number): Promise<Reply> {
    const headers = { ...this.authorization(), 'Idempotency-Key': key };
    return ask({ method: 'POST', url: this.door() + path, headers, body, timeoutMs });
  }

  private get(path: string, timeoutMs = 25_000): Promise<Reply> {
    return ask({
      method: 'GET',
      url: this.door() + path,
      headers: this.authorization(),
      timeoutMs,
    });
  }

  private door(): string {
    return this.doors[Math.floor(Math.random() * this.doors.length)] ?? '';
  }

  private authorization() {
    return { Authorization: `Bearer ${this.apiKey}` };
  }

  private isToBeRepeated(path: string, reply: Reply): boolean {
    const code = codeOf(reply);
    if (reply.status === 500 || (reply.status === 503 && code !== 'dependency_unavailable')) {
      this.complaints.add('contract', path, `answered ${reply.status} ${String(code)}`);
      return true;
    }
    return tryAgain[reply.status]?.includes(code ?? '') ?? false;
  }

  /** I9: the same key names the same object with the same status, for ever. */
  private judged(path: string, key: string, reply: Reply): Answered {
    const answered = {
      status: reply.status,
      code: codeOf(reply),
      body: reply.body as Answered['body'],
    };
    if (reply.status >= 300) return answered;
    const { id } = answered.body;
    const before = this.kept.get(key);
    if (before && (before.id !== id || before.status !== reply.status)) {
      const detail = `${key} named ${before.id} (${before.status}), now ${id} (${reply.status})`;
      this.complaints.add('I9', path, detail);
    }
    this.kept.set(key, { id, status: reply.status });
    return answered;
  }
}

function codeOf({ status, body }: Reply): string | null {
  if (status < 400) return null;
  return (body as { code?: string } | null)?.code ?? null;
}
