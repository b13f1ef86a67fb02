import type { Download } from '../serve.ts';
import { paypalKeys as keys } from './keys.ts';

/** Where this server has the certificate that its webhooks name. */
export const certificatePath = '/v1/notifications/certs/CERT-360caa42-fca2a594-2f8e51d9';

/** The X.509 certificate of the key that signs webhooks. */
export function certificate(): Download {
  return { file: Buffer.from(keys.webhook_certificate), type: 'application/x-pem-file' };
}
