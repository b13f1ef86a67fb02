import express, {
  type Express,
  type NextFunction,
  type Request,
  type Response,
  type Router,
} from 'express';

import { logger } from '../telemetry.ts';
import { callbackRoutes } from './callback.ts';
import { healthRoutes } from './health.ts';
import { type Dependencies, paymentRoutes } from './payment.ts';
import { Problem, sendProblem } from './problem.ts';
import { requestIdOf } from './request.ts';

/** The whole API over its dependencies; nothing listens yet. */
export function createApp(
  dependencies: Dependencies & { readonly temporalAnswers: () => Promise<boolean> },
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.set('Request-Id', requestIdOf(response));
    next();
  });
  const routers = [
    healthRoutes(dependencies.store, dependencies.temporalAnswers),
    paymentRoutes(dependencies),
    callbackRoutes(dependencies),
  ];
  for (const router of routers) app.use(router);
  app.use((request: Request) => {
    const allowed = methodsOf(routers, request.path);
    if (allowed.length === 0)
      throw new Problem('not_found', `nothing at ${request.path.slice(0, 200)}`);
    const detail = `${request.method} is not one of ${allowed.join(', ')}`;
    throw new Problem('method_not_allowed', detail, {}, { Allow: allowed.join(', ') });
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    sendProblem(
      response,
      problemOf(error, response),
      dependencies.config.publicUrl,
      requestIdOf(response),
    );
  });
  return app;
}

interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  readonly match: (path: string) => boolean;
}

/** The methods that some route takes at this path. */
function methodsOf(routers: readonly Router[], path: string): string[] {
  const layers = routers.flatMap((router) => router.stack as unknown as Layer[]);
  const fitting = layers.filter((layer) => layer.route && layer.match(path));
  return [
    ...new Set(
      fitting.flatMap((layer) =>
        Object.keys(layer.route?.methods ?? {}).map((name) => name.toUpperCase()),
      ),
    ),
  ];
}

/** PostgreSQL away is said as such; anything else that is no Problem is a bug, logged with its request. */
function problemOf(error: unknown, response: Response): Problem {
  if (error instanceof Problem) return error;
  const request_id = requestIdOf(response);
  if (isAway(error)) {
    logger.warn({ request_id, err: error }, 'PostgreSQL is away');
    return new Problem('dependency_unavailable', 'the store is away; repeat with the same key');
  }
  if (error instanceof URIError) return new Problem('not_found', 'a path that cannot be decoded');
  logger.error({ request_id, err: error }, 'bug');
  return new Problem('internal_error', 'something broke on our side');
}

function isAway(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^(08|57P0|53|25006)|^E(CONN|PIPE|TIMEDOUT|HOST)/.test(code))
    return true;
  return /Connection terminated|connection timeout|timeout exceeded when trying to connect/i.test(
    String(message),
  );
}
