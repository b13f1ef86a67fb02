import { channels } from './stack.ts';
import { ask, pause } from './wire.ts';

/** What he does; his bank decides a dispute. */
export type Deed = 'pay' | 'decline' | 'authenticate' | 'dispute' | 'resolve_dispute';

/** How he does it. */
export interface Given {
  /** After the end, or once more. */
  readonly force?: boolean;
  /** What he transfers, where he may transfer what he likes (minor units). */
  readonly amount?: number;
  readonly currency?: string;
  /** How a dispute is decided. */
  readonly reason?: 'won' | 'lost';
}

/** What a payer does at the channel; he is a person, and no part of the product. */
export interface Payer {
  readonly act: (
    channel: string,
    reference: string,
    action: Deed,
    given?: Given,
  ) => Promise<number>;
  /** Where Alipay's app takes an order that a shop's app gives it. */
  readonly gatewayOf: (order: string) => string;
  /** Arms a fault at the channel. */
  readonly arm: (fault: object) => Promise<void>;
  readonly calm: () => Promise<void>;
  /** Has the channel send again what it said last about this reference. */
  readonly remind: (channel: string, reference: string) => Promise<void>;
}

/** The payers of this sandbox. */
export function payerAt(sandbox: string): Payer {
  return {
    act: async (channel, reference, action, given = {}) => {
      const url = `${sandbox}/control/payers/${channel}/${reference}`;
      const body = { action, ...given };
      for (let tries = 0; ; tries += 1) {
        const reply = await ask({ method: 'POST', url, body, timeoutMs: 10_000 }).catch(() => null);
        if (reply) return reply.status;
        if (tries > 20) throw new Error('the sandbox does not answer');
        await pause(500);
      }
    },
    gatewayOf: (order) => {
      const alipay = new URL(`/gateway.do?${order}`, sandbox);
      alipay.port = String(Number(alipay.port) + 1 + channels.indexOf('alipay'));
      return alipay.href;
    },
    arm: async (fault) => {
      const url = `${sandbox}/control/faults`;
      const { status, body } = await ask({ method: 'POST', url, body: fault, timeoutMs: 10_000 });
      if (status !== 200) throw new Error(`bug: ${JSON.stringify(body)}`);
    },
    calm: async () => {
      await ask({ method: 'DELETE', url: `${sandbox}/control/faults`, timeoutMs: 10_000 });
    },
    remind: async (channel, reference) => {
      const url = `${sandbox}/control/callbacks/${channel}/${reference}/resend`;
      await ask({ method: 'POST', url, body: {}, timeoutMs: 30_000 });
    },
  };
}
