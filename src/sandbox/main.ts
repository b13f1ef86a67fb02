import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';

import { adyenCallback } from './adyen/callback.ts';
import { adyen } from './adyen/channel.ts';
import { Agenda } from './agenda.ts';
import { alipayCallback } from './alipay/callback.ts';
import { alipay } from './alipay/channel.ts';
import { bankTransferCallback } from './bank-transfer/callback.ts';
import { bankTransfer } from './bank-transfer/channel.ts';
import { Books } from './books.ts';
import { type Channel, type ChannelName, channelNames } from './channel.ts';
import { portSetting } from './channel-port.ts';
import { controlApp } from './control.ts';
import { Deliverer } from './delivery.ts';
import { openPayers } from './payer.ts';
import { paypalCallback } from './paypal/callback.ts';
import { paypal } from './paypal/channel.ts';
import { type Gate, gate, listen, originOf, type Place, probe, shut } from './port.ts';
import { readSettings, type Settings, usage } from './settings.ts';
import { stripeCallback } from './stripe/callback.ts';
import { stripe } from './stripe/channel.ts';
import { unionpayCallback } from './unionpay/callback.ts';
import { unionpay } from './unionpay/channel.ts';
import { wechatPayCallback } from './wechat-pay/callback.ts';
import { wechatPay } from './wechat-pay/channel.ts';

process.title = 'holdfast sandbox';

/** The ports first, then the books: a second sandbox on these ports must not touch them. */
async function main(settings: Settings): Promise<void> {
  const early: RequestListener = (_request, response) => void response.writeHead(503).end(); // unheard, it would never be answered
  const control = createServer(early);
  await listen(control, controlPlace(settings));
  const places = placesOf(settings);
  for (const place of Object.values(places)) await probe(place);
  const books = openBooks(settings.DATA_DIR);
  const agenda = new Agenda();
  const deliverer = new Deliverer({
    books,
    agenda,
    wires: {
      'wechat-pay': wechatPayCallback,
      stripe: stripeCallback,
      alipay: alipayCallback,
      paypal: paypalCallback(originOf(places.paypal)),
      'bank-transfer': bankTransferCallback,
      adyen: adyenCallback,
      unionpay: unionpayCallback,
    },
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
  const channels: Record<ChannelName, Channel> = {
    'wechat-pay': wechatPay({ ...options, origin: originOf(places['wechat-pay']) }),
    stripe: stripe({
      ...options,
      webhookUrl: settings.SANDBOX_STRIPE_WEBHOOK_URL,
      origin: originOf(places.stripe),
      holdMs: settings.SANDBOX_HOLD_S * 1_000,
      processingMs: settings.SANDBOX_PROCESSING_MS,
      keyMs: settings.SANDBOX_KEY_S * 1_000,
    }),
    alipay: alipay({ ...options, origin: originOf(places.alipay) }),
    paypal: paypal({
      ...options,
      webhookUrl: settings.SANDBOX_PAYPAL_WEBHOOK_URL,
      origin: originOf(places.paypal),
      orderMs: settings.SANDBOX_PAYPAL_ORDER_S * 1_000,
      holdMs: settings.SANDBOX_HOLD_S * 1_000,
      processingMs: settings.SANDBOX_PROCESSING_MS,
      keyMs: settings.SANDBOX_PAYPAL_KEY_S * 1_000,
      tokenMs: settings.SANDBOX_PAYPAL_TOKEN_S * 1_000,
      reportMs: settings.SANDBOX_PAYPAL_REPORT_S * 1_000,
    }),
    'bank-transfer': bankTransfer(options),
    adyen: adyen({
      ...options,
      webhookUrl: settings.SANDBOX_ADYEN_WEBHOOK_URL,
      origin: originOf(places.adyen),
      capturesByHand: settings.SANDBOX_ADYEN_CAPTURE === 'manual',
      capturesInParts: settings.SANDBOX_ADYEN_PARTIAL_CAPTURES === 'multiple',
      holdMs: settings.SANDBOX_HOLD_S * 1_000,
      processingMs: settings.SANDBOX_PROCESSING_MS,
      offerMs: settings.SANDBOX_ADYEN_OFFER_S * 1_000,
      modificationMs: settings.SANDBOX_ADYEN_MODIFICATION_MS,
      keyMs: settings.SANDBOX_ADYEN_KEY_S * 1_000,
      batchMs: settings.SANDBOX_ADYEN_BATCH_S * 1_000,
    }),
    unionpay: unionpay(options),
  };
  const gates = channelNames.map((name) =>
    gate(channels[name].server, () => refuses(books, name), places[name]),
  );
  const faultsChanged = () => adjust(gates);
  control.off('request', early);
  control.on('request', controlApp({ books, agenda, deliverer, channels, faultsChanged }));
  untilTold(async () => {
    agenda.clear();
    await Promise.all([shut(control), ...gates.map((one) => one.shut())]);
  });
  await faultsChanged();
  deliverer.resume();
  for (const channel of Object.values(channels)) channel.resume();
  const payers = openPayers(books, agenda, channels);
  for (const transaction of books.transactions.values()) payers.see(transaction);
  books.watch(payers.see);
  announce(settings);
}

async function adjust(gates: readonly Gate[]): Promise<void> {
  await Promise.all(gates.map((one) => one.adjust()));
}

/** Where each channel listens. */
function placesOf(settings: Settings): Record<ChannelName, Place> {
  const address = settings.LISTEN_ADDRESS;
  const places = channelNames.map((name) => [
    name,
    { address, port: settings.ports[name], setting: portSetting(name) },
  ]);
  return Object.fromEntries(places) as Record<ChannelName, Place>;
}

function controlPlace({ LISTEN_ADDRESS: address, SANDBOX_PORT: port }: Settings): Place {
  return { address, port, setting: 'SANDBOX_PORT' };
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

function announce(settings: Settings): void {
  const channels = Object.entries(placesOf(settings)).map(([name, at]) => [name, originOf(at)]);
  const sandbox = originOf(controlPlace(settings));
  process.stdout.on('error', () => undefined); // whoever read it may be gone
  const ready = { ready: true, sandbox, channels: Object.fromEntries(channels) as object };
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
