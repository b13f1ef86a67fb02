import { createServer } from 'node:http';
import { join } from 'node:path';

import { Agenda } from './agenda.ts';
import { Books } from './books.ts';
import type { Channel, ChannelName } from './channel.ts';
import { controlApp } from './control.ts';
import { Deliverer } from './delivery.ts';
import { gate, listen, probe, shut } from './port.ts';
import { readSettings, type Settings, usage } from './settings.ts';
import { wechatPayCallback } from './wechat-pay/callback.ts';
import { wechatPay } from './wechat-pay/channel.ts';

process.title = 'holdfast sandbox';

/** The ports first, then the books: a second sandbox on these ports must not touch them. */
async function main(settings: Settings): Promise<void> {
  const control = createServer();
  await listen(control, settings.SANDBOX_PORT, 'SANDBOX_PORT');
  await probe(settings.SANDBOX_WECHAT_PAY_PORT, 'SANDBOX_WECHAT_PAY_PORT');
  const books = openBooks(settings.DATA_DIR);
  const agenda = new Agenda();
  const deliverer = new Deliverer({
    books,
    agenda,
    wires: { 'wechat-pay': wechatPayCallback },
    firstMs: settings.SANDBOX_CALLBACK_MS,
    scale: settings.SANDBOX_CALLBACK_SCALE,
  });
  const options = {
    books,
    deliverer,
    agenda,
    refundMs: settings.SANDBOX_REFUND_MS,
    refundSpacingMs: settings.SANDBOX_REFUND_SPACING_MS,
  };
  const channels: Record<ChannelName, Channel> = { 'wechat-pay': wechatPay(options) };
  const wechat = gate(channels['wechat-pay'].server, () => refuses(books, 'wechat-pay'), {
    port: settings.SANDBOX_WECHAT_PAY_PORT,
    setting: 'SANDBOX_WECHAT_PAY_PORT',
  });
  control.on(
    'request',
    controlApp({ books, agenda, deliverer, channels, faultsChanged: wechat.adjust }),
  );
  await wechat.adjust();
  deliverer.resume();
  for (const channel of Object.values(channels)) channel.resume();
  untilTold(async () => {
    agenda.clear();
    await Promise.all([shut(control), wechat.shut()]);
  });
  announce(settings);
}

function openBooks(dataDir: string): Books {
  const books = new Books();
  try {
    books.keepIn(join(dataDir, 'sandbox', 'books.jsonl'));
  } catch (error) {
    throw new Error(`DATA_DIR: ${(error as Error).message}`, { cause: error });
  }
  return books;
}

/** `refuse_connection` on `any` closes the channel's port; for one reference it resets calls instead. */
function refuses(books: Books, name: ChannelName): boolean {
  return books.faults.some(
    ({ channel, fault, operation, reference }) =>
      channel === name &&
      fault === 'refuse_connection' &&
      operation === 'any' &&
      reference === undefined,
  );
}

/** SIGTERM and SIGINT end the process with 0, whoever is still held. */
function untilTold(drain: () => Promise<void>): void {
  const end = () => {
    setTimeout(() => process.exit(0), 3_000).unref();
    void drain().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function announce({ SANDBOX_PORT, SANDBOX_WECHAT_PAY_PORT }: Settings): void {
  const ready = {
    ready: true,
    sandbox: `http://127.0.0.1:${SANDBOX_PORT}`,
    channels: { 'wechat-pay': `http://127.0.0.1:${SANDBOX_WECHAT_PAY_PORT}` },
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

if (process.argv.includes('--help')) process.stdout.write(usage);
else
  try {
    await main(readSettings(process.env));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
