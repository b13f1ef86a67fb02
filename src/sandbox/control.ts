import express, { type ErrorRequestHandler, type Express, type Request } from 'express';

import { cardField } from './card-field.ts';
import * as command from './command.ts';

type Command = (
  options: command.ControlOptions,
  request: Request,
) => command.Reply | Promise<command.Reply>;
type Method = 'get' | 'post' | 'delete';

const commands: Readonly<Record<string, Partial<Record<Method, Command>>>> = {
  '/livez': { get: () => ({ status: 200, body: { live: true } }) },
  '/control/books': { get: command.showBooks },
  '/control/keys': { get: command.showKeys },
  '/control/keys/rotate': { post: command.rotateKeys },
  '/control/payers/:channel/:reference': { post: command.act },
  '/control/faults': { post: command.armFault, delete: command.deleteFaults },
  '/control/callbacks/:channel/:reference/resend': { post: command.resend },
  '/control/accounts/:channel': { post: command.setAccount },
  '/control/clock': { get: command.showClock, post: command.advanceClock },
  '/control/reset': { post: command.reset },
};

/**
 * The control API: who pays, what breaks, what the books say (contract section 7); and the card field. What it writes is on
 * the disk before it answers; a refusal is `{error}`.
 *
 * @param options the books and whoever acts on them
 */
export function controlApp(options: command.ControlOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use('/card', cardField());
  app.use(express.json({ type: () => true })); // also from a curl that names no type
  for (const [path, methods] of Object.entries(commands)) mount(app, path, methods, options);
  app.use((request, response) => {
    response.status(404).json({ error: `nothing at ${request.method} ${request.path}` });
  });
  app.use(failed);
  return app;
}

function mount(
  app: Express,
  path: string,
  methods: Partial<Record<Method, Command>>,
  options: command.ControlOptions,
): void {
  const route = app.route(path);
  for (const [method, run] of Object.entries(methods)) {
    route[method as Method](async (request: Request, response) => {
      const { status, body } = await run(options, request);
      await options.books.kept();
      response.status(status).json(body);
    });
  }
  const allow = Object.keys(methods).join(', ').toUpperCase();
  route.all((request, response) => {
    response.status(405).set('Allow', allow);
    response.json({ error: `${request.method} is not allowed here; allowed: ${allow}` });
  });
}

/** Express's own refusals (bad JSON, a body too large, a bad path) have a status; what has none is a bug. */
const failed: ErrorRequestHandler = (
  error: Error & { status?: number },
  _asked,
  response,
  _next,
) => {
  const status = error.status ?? 500;
  if (status >= 500) process.stderr.write(`${error.stack ?? error.message}\n`);
  response.status(status).json({ error: error.message });
};
