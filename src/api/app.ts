import express, {
  type Express,
  type NextFunction,
  type Request,
  type Response,
  type Router,
} from 'express';

import { countFindings } from '../store/bill-finding.ts';
import { NoSecretKey } from '../store/keyring.ts';
import { isAway } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { armEndpoint } from './arm.ts';
import { callbackRoutes } from './callback.ts';
import { caseEndpoints } from './case.ts';
import { channelEndpoints } from './channel.ts';
import { channelAccountEndpoints } from './channel-account.ts';
import { customerEndpoints } from './customer.ts';
import type { Dependencies } from './dependencies.ts';
import { disputeEndpoints } from './dispute.ts';
import { disputeAnswerEndpoints } from './dispute-answer.ts';
import { documentationRoutes } from './documentation.ts';
import { createDoor } from './door.ts';
import { dryRunEndpoint } from './dry-run.ts';
import { routesOf } from './endpoint.ts';
import { eventEndpoints } from './event.ts';
import { giftCodeEndpoints } from './gift-code.ts';
import { healthRoutes } from './health.ts';
import { createMetrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { paymentEndpoints } from './payment.ts';
import { paymentMethodEndpoints } from './payment-method.ts';
import { Problem, sendProblem } from './problem.ts';
import { redemptionEndpoints } from './redemption.ts';
import { refundEndpoints } from './refund.ts';
import { requestIdOf } from './request.ts';
import { ruleEndpoints } from './rule.ts';
import { timed } from './timing.ts';
import { topUpEndpoints } from './top-up.ts';
import { walletEndpoints } from './wallet.ts';
import { walletPinEndpoints } from './wallet-pin.ts';
import { webhookEndpointEndpoints } from './webhook-endpoint.ts';
import { withdrawalEndpoints } from './withdrawal.ts';

/** The whole API over its dependencies; nothing listens yet. */
export function createApp(
  dependencies: Dependencies & { readonly temporalAnswers: () => Promise<boolean> },
): Express {
  const { store, config, health, temporalAnswers } = dependencies;
  const endpoints = [
    ...paymentEndpoints(dependencies),
    ...refundEndpoints(dependencies),
    ...disputeEndpoints(dependencies),
    ...disputeAnswerEndpoints(dependencies),
    ...caseEndpoints(dependencies),
    ...customerEndpoints(dependencies),
    ...paymentMethodEndpoints(dependencies),
    ...walletEndpoints(dependencies),
    ...topUpEndpoints(dependencies),
    ...withdrawalEndpoints(dependencies),
    ...walletPinEndpoints(dependencies),
    ...giftCodeEndpoints(dependencies),
    ...redemptionEndpoints(dependencies),
    ...channelAccountEndpoints(dependencies),
    ...channelEndpoints(dependencies),
    ...ruleEndpoints(dependencies),
    armEndpoint(dependencies),
    dryRunEndpoint(dependencies),
    ...webhookEndpointEndpoints(dependencies),
    ...eventEndpoints(dependencies),
  ];
  const metrics = createMetrics(health, () => countFindings(store.pool));
  const routers = [
    healthRoutes(store, temporalAnswers),
    metrics.routes,
    routesOf(endpoints, createDoor(store, config.rateLimitPerSecond), store),
    callbackRoutes(dependencies),
    documentationRoutes(openApi(endpoints, config.publicUrl)),
  ];
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(named, timed, metrics.observe);
  for (const router of routers) app.use(router);
  app.use((request: Request) => {
    throw unrouted(request, routers);
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    sendProblem(response, problemOf(error, response), config.publicUrl, requestIdOf(response));
  });
  return app;
}

function named(_request: Request, response: Response, next: NextFunction): void {
  response.set('Request-Id', requestIdOf(response));
  next();
}

interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  readonly match: (path: string) => boolean;
}

/** No route took it: another method would be taken here, or nothing is here at all. */
function unrouted({ method, path }: Request, routers: readonly Router[]): Problem {
  const layers = routers.flatMap((router) => router.stack as unknown as Layer[]);
  const methods = layers
    .filter((layer) => layer.route && layer.match(path))
    .flatMap((layer) => Object.keys(layer.route?.methods ?? {}));
  const allowed = [...new Set(methods.map((name) => name.toUpperCase()))].join(', ');
  if (allowed === '') return new Problem('not_found', `nothing at ${path.slice(0, 200)}`);
  return new Problem('method_not_allowed', `${method} is not one of ${allowed}`, {}, { Allow: allowed }); // prettier-ignore
}

/** PostgreSQL away is said as such; anything else that is no Problem is a bug, logged with its request. */
function problemOf(error: unknown, response: Response): Problem {
  if (error instanceof Problem) return error;
  const request_id = requestIdOf(response);
  if (isAway(error)) {
    logger.warn({ request_id, err: error }, 'PostgreSQL is away');
    return new Problem('dependency_unavailable', 'the store is away; repeat with the same key');
  }
  if (error instanceof NoSecretKey) return new Problem('dependency_unavailable', error.message);
  if (error instanceof URIError) return new Problem('not_found', 'a path that cannot be decoded');
  logger.error({ request_id, err: error }, 'bug');
  return new Problem('internal_error', 'something broke on our side');
}
