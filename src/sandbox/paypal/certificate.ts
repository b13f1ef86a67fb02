import { rotation } from '../rotation.ts';
import type { Download } from '../serve.ts';
import { paypalKeys as keys } from './keys.ts';
import { nextWebhookKeys as next } from './next-certificate.ts';
import { channel } from './wording.ts';

/** A key that signs webhooks, and where this server has its X.509 certificate. */
interface Certificate {
  readonly path: string;
  readonly pem: string;
  readonly private_key: string;
}

const certificates: Readonly<Record<'first' | 'next', Certificate>> = {
  first: {
    path: '/v1/notifications/certs/CERT-360caa42-fca2a594-2f8e51d9',
    pem: keys.webhook_certificate,
    private_key: keys.webhook_private_key,
  },
  next: {
    path: '/v1/notifications/certs/CERT-360caa42-51b7d0c3-9ae84f26',
    pem: next.next_webhook_certificate,
    private_key: next.next_webhook_private_key,
  },
};

/** The one that signs webhooks at present. */
export function presentCertificate(): Certificate {
  return certificates[rotation.keyOf(channel)];
}

/** The one that stands at this path; what was signed by one that was replaced can still be verified. */
export function certificateAt(path: string): Certificate | undefined {
  return Object.values(certificates).find((one) => one.path === path);
}

/** Its file. */
export function certificateFile({ pem }: Certificate): Download {
  return { file: Buffer.from(pem), type: 'application/x-pem-file' };
}
