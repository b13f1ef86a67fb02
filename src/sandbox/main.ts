import type { Server } from 'node:http';
import { join } from 'node:path';

import { Books, type Entry } from './books.ts';
import { controlApp } from './control.ts';
import { createDeliverer } from './delivery.ts';
import { openJournal } from './journal.ts';
import { settleDue } from './wechat-pay/payer.ts';
import { wechatPayServer } from './wechat-pay/server.ts';

process.title = 'holdfast sandbox';

const usage = `usage: npm run sandbox

Plays the payment channels with their real wire protocols, keeps its own books and injects faults.
Settings: SANDBOX_PORT (8090, control), SANDBOX_WECHAT_PAY_PORT (SANDBOX_PORT + 1), DATA_DIR (.data),
SANDBOX_CALLBACK_MS (50), SANDBOX_CALLBACK_SCALE (0.1 of the channel's redelivery ladder),
SANDBOX_REFUND_MS (500), SANDBOX_REFUND_SPACING_MS (60000).
`;

function setting(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  process.stderr.write(`${name} must be a number, not '${text}'\n`);
  return process.exit(1);
}

function listen(server: Server, port: number, name: string): Promise<void> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const line =
        error.code === 'EADDRINUSE' ? `port ${port} is taken; set another` : error.message;
      process.stderr.write(`${name}: ${line}\n`);
      process.exit(1);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function main(): Promise<void> {
  const controlPort = setting('SANDBOX_PORT', 8090);
  const wechatPort = setting('SANDBOX_WECHAT_PAY_PORT', controlPort + 1);
  const books = new Books();
  books.use(
    openJournal<Entry>(
      join(process.env['DATA_DIR'] ?? '.data', 'sandbox', 'books.jsonl'),
      (entry) => books.fold(entry),
    ),
  );
  const deliverer = createDeliverer(books, {
    firstMs: setting('SANDBOX_CALLBACK_MS', 50),
    scale: setting('SANDBOX_CALLBACK_SCALE', 0.1),
  });
  const options = {
    books,
    deliverer,
    refundMs: setting('SANDBOX_REFUND_MS', 500),
    refundSpacingMs: setting('SANDBOX_REFUND_SPACING_MS', 60_000),
  };
  let wechat: Server | null = null;
  /** `refuse_connection` on `any` closes the channel's port until it is cleared. */
  const faultsChanged = async (): Promise<void> => {
    const refused = books.faults.some(
      ({ fault, operation }) => fault === 'refuse_connection' && operation === 'any',
    );
    if (refused && wechat) {
      const closing = wechat;
      wechat = null;
      await closed(closing);
    } else if (!refused && !wechat) {
      wechat = wechatPayServer(options);
      await listen(wechat, wechatPort, 'SANDBOX_WECHAT_PAY_PORT');
    }
  };
  await faultsChanged();
  const settling = setInterval(() => settleDue(books, deliverer), 25);
  const control = controlApp(books, deliverer, faultsChanged);
  const server = await new Promise<Server>((resolve) => {
    const started = control.listen(controlPort, '127.0.0.1', (error?: Error) => {
      if (error) {
        process.stderr.write(`SANDBOX_PORT: port ${controlPort} is taken; set another\n`);
        process.exit(1);
      }
      resolve(started);
    });
  });
  const drain = () => {
    clearInterval(settling);
    deliverer.stop();
    setTimeout(() => process.exit(0), 3_000).unref();
    void Promise.all([closed(server), wechat ? closed(wechat) : null]).then(() => process.exit(0));
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
  const ready = {
    ready: true,
    sandbox: `http://127.0.0.1:${controlPort}`,
    channels: { 'wechat-pay': `http://127.0.0.1:${wechatPort}` },
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

if (process.argv.includes('--help')) process.stdout.write(usage);
else await main();
