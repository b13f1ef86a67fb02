import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { z } from 'zod';

import type { Answer } from '../call.ts';
import { certificateAt } from './certificate.ts';
import { read } from './parameters.ts';
import { algorithm, isGenuine } from './signature.ts';

const verificationRequest = z.looseObject({
  auth_algo: z.string(),
  cert_url: z.string(),
  transmission_id: z.string(),
  transmission_sig: z.string(),
  transmission_time: z.string(),
  webhook_id: z.string(),
  webhook_event: z.looseObject({}),
});

/**
 * `POST /v1/notifications/verify-webhook-signature`: PayPal itself says whether a webhook is its own. What counts
 * are the bytes of `webhook_event` as they stand in the request (channels.md 4).
 *
 * @param text the body
 * @param body the same, parsed
 * @param origin this server, one of whose certificates must be named
 */
export function verification(text: string, body: unknown, origin: string): Answer {
  const given = read(verificationRequest, body);
  if ('refused' in given) return given.refused;
  const { auth_algo, cert_url, transmission_id, transmission_time, transmission_sig, webhook_id } =
    given.value;
  const certificate = cert_url.startsWith(origin) ? certificateAt(cert_url.slice(origin.length)) : undefined; // prettier-ignore
  const transmission = { id: transmission_id, time: transmission_time };
  const genuine =
    auth_algo === algorithm &&
    certificate !== undefined &&
    isGenuine(transmission, webhook_id, rawEvent(text), transmission_sig, certificate.pem);
  return { status: 200, body: { verification_status: genuine ? 'SUCCESS' : 'FAILURE' } };
}

function rawEvent(text: string): string {
  const tree = parseTree(text);
  const event = tree && findNodeAtLocation(tree, ['webhook_event']);
  return event ? text.slice(event.offset, event.offset + event.length) : '';
}
