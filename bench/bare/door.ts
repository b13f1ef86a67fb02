import { createServer, type IncomingMessage } from 'node:http';

import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import { channelFor } from '../../src/channels/registry.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import { drawId } from '../../src/store/id.ts';
import { amounts, type Method, wireMethods } from '../side.ts';
import { type BareOrder, bareQueue } from './order.ts';
import { readSettings } from './settings.ts';
import { barePayment, firstAnswer, paid } from './workflow.ts';

/**
 * The smallest counterpart of the API: starts bare workflows by update-with-start and says how long that took,
 * verifies callbacks and passes them on as signals.
 */
process.title = 'holdfast bench bare door';
const { accounts, temporalAddress, doorPort } = readSettings();
const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
const channels = { qr: 'wechat-pay', card: 'stripe' } as const;

async function create(method: Method): Promise<object> {
  const bare = orderOf(method);
  const began = performance.now();
  const kind = await client.workflow.executeUpdateWithStart(firstAnswer, {
    startWorkflowOperation: new WithStartWorkflowOperation(barePayment, {
      workflowId: bare.id,
      taskQueue: bareQueue,
      args: [bare],
      workflowIdConflictPolicy: 'FAIL',
    }),
  });
  const took_ms = performance.now() - began;
  return { id: bare.id, reference: bare.order.reference, kind, took_ms };
}

function orderOf(method: Method): BareOrder {
  const reference = drawId('att');
  const channel = channels[method];
  const { amount, currency } = amounts[method];
  return {
    id: idOf(reference),
    channel,
    order: {
      method: wireMethods[method].type,
      reference,
      amount: toMinor(amount),
      currency: toCurrency(currency),
      description: reference,
      expires_at: new Date(Math.ceil(Date.now() / 1_000 + 1_800) * 1_000).toISOString(),
      notify_url: `http://127.0.0.1:${doorPort}/callbacks/${channel}`,
      channel_key: reference,
      handle: null,
      capture: 'automatic',
      token: method === 'card' ? 'tok_ok' : null,
      return_url: null,
    },
  };
}

function idOf(reference: string): string {
  return `bare_${reference}`;
}

async function take(slug: string, request: IncomingMessage, body: Buffer): Promise<{ status: number; body: string | null }> {
  const channel = channelFor(slug);
  const account = accounts.find((one) => one.channel === slug);
  if (!channel || !account) return { status: 404, body: null };
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const reading = channel.readCallback(channel.parseAccount(account.settings), { headers, body }, new Date());
  if (reading.kind === 'attempt') await tell(reading.reference);
  else if (reading.kind !== 'irrelevant') throw new Error(`a callback is ${reading.kind}`);
  return channel.facts.verdicts.accepted;
} // prettier-ignore

/** A second notice finds it closed. */
async function tell(reference: string): Promise<void> {
  try {
    await client.workflow.getHandle(idOf(reference)).signal(paid);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function answer(request: IncomingMessage): Promise<{ status: number; body: string | null }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const [, first = '', second = ''] = (request.url ?? '').split('/');
  if (first === 'callbacks') return take(second, request, body);
  if (first === 'livez') return { status: 200, body: '{}' };
  const { method } = JSON.parse(body.toString('utf8')) as { method: Method };
  return { status: 200, body: JSON.stringify(await create(method)) };
}

const server = createServer((request, response) => {
  answer(request).then(
    ({ status, body }) => response.writeHead(status).end(body ?? undefined),
    (error: unknown) => {
      process.stderr.write(`${request.url}: ${String(error)}\n`);
      response.writeHead(500).end(String(error));
    },
  );
});
server.listen(doorPort, '127.0.0.1');
const drain = () => {
  server.close();
  server.closeAllConnections();
  void client.connection.close().then(() => process.exit(0));
};
process.once('SIGTERM', drain);
process.once('SIGINT', drain);
