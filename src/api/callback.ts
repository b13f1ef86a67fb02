import { type Request, type Response, Router } from 'express';

import type { Verdict } from '../channels/callback.ts';
import type { Channel } from '../channels/channel.ts';
import { createParsedAccounts, type ParsedAccounts } from '../channels/parsed-account.ts';
import { isId } from '../domain/id.ts';
import { createLine } from '../line.ts';
import { type KeptSettings, openSettings } from '../store/account-settings.ts';
import { findSettings } from '../store/channel-account.ts';
import { logger } from '../telemetry.ts';
import { readingOf } from './callback-reading.ts';
import { judge, tell } from './callback-verdict.ts';
import type { Dependencies } from './dependencies.ts';
import { payerReturned } from './payer-return.ts';
import { Problem } from './problem.ts';
import { handled, readBytes } from './request.ts';

const callbackBytesMax = 256 * 1024;
/**
 * A flood may not take the database from payers: of 20 connections the callbacks of one channel get 6 (2,000 at once
 * left creates waiting until they failed). WeChat Pay wants its answer within 5 s.
 */
const callbackLine = () => createLine(6, 1_000, 4_000);

/**
 * `POST /v1/callbacks/{channel}/{account}`: verifies the raw bytes, stores, acknowledges in the channel's own
 * form, tells the actor (contract section 4). What we could not store the channel is asked to send again.
 */
export function callbackRoutes(dependencies: Dependencies): Router {
  const router = Router();
  const places = callbackLine();
  const { keyring } = dependencies.store;
  const accountOf = createParsedAccounts((kept: KeptSettings) => openSettings(keyring, kept));
  const told = (payment: string, callback: string) => tell(dependencies, payment, callback);
  router.get('/v1/callbacks/:channel/:account', payerReturned(dependencies, callbackLine(), told));
  router.post(
    '/v1/callbacks/:channel/:account',
    handled(async (request, response) => {
      const slug = String(request.params['channel']);
      const channel = dependencies.channelFor(slug);
      if (!channel) throw new Problem('not_found', 'no such channel');
      const body = await readBytes(request, callbackBytesMax);
      const leave = await places.enter(slug);
      if (!leave) return putOff(response, channel);
      try {
        await take(dependencies, accountOf, { channel, request, response, body });
      } catch (error) {
        logger.error({ err: error, channel: slug }, 'a callback could not be stored');
        answer(response, channel, 'retry');
      } finally {
        leave();
      }
    }),
  );
  return router;
}

/** What came in at a channel's address. */
interface Arrived {
  readonly channel: Channel;
  readonly request: Request;
  readonly response: Response;
  readonly body: Buffer;
}

async function take(
  dependencies: Dependencies,
  accountOf: ParsedAccounts<KeptSettings>,
  { channel, request, response, body }: Arrived,
): Promise<void> {
  const id = String(request.params['account']);
  const account = isId('cha', id)
    ? await findSettings(dependencies.store.pool, channel.slug, id)
    : null;
  if (!account) {
    logger.warn({ security: true, channel: channel.slug }, 'a callback to an unknown account');
    return answer(response, channel, 'refused', 404);
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const { pool } = dependencies.store;
  const verdicts: Verdict[] = [];
  for (const part of channel.parts?.(body) ?? [body]) {
    const reading = await readingOf(pool, channel, accountOf, account, { headers, body: part });
    verdicts.push(await judge(dependencies, { channel, account: id, reading, body: part }));
    if (reading.kind === 'forged') break; // whoever forges one has sent them all
  }
  answer(response, channel, worst.find((verdict) => verdicts.includes(verdict)) ?? 'refused');
}

/** Of several notices in one body the worst is answered: all come again, and what was taken is known by then. */
const worst: readonly Verdict[] = ['retry', 'forged', 'refused', 'accepted'];

/** In the channel's own words, too busy: it comes again by itself. */
function putOff(response: Response, channel: Channel): void {
  answer(response.set('Retry-After', '1'), channel, 'retry', 429);
}

function answer(
  response: Response,
  { facts }: Channel,
  verdict: Verdict,
  otherStatus?: number,
): void {
  const { status, body } = facts.verdicts[verdict];
  response.status(otherStatus ?? status);
  if (body === null) response.end();
  else response.type(facts.verdict_type).send(body);
}
