import type { KeyObject } from 'node:crypto';

import { z } from 'zod';

import { name, parserOf, privateKey, publicKey } from '../settings.ts';
import { certificate, nameOf, rootName } from './certificate.ts';

/** A merchant's app at Alipay's open platform. */
export interface Account {
  readonly base_url: string;
  readonly app_id: string;
  readonly seller_id: string;
  readonly app_private_key: KeyObject;
  /** Alipay's, several while one takes the place of another. */
  readonly alipay_keys: readonly AlipayKey[];
  /** In the mode of certificates: what every request says of them. */
  readonly certificate_names: Readonly<
    Record<'app_cert_sn' | 'alipay_root_cert_sn', string>
  > | null;
}

/** A key of Alipay, and by what name its certificate goes; null in the mode of public keys, where there is none. */
export interface AlipayKey {
  readonly cert_sn: string | null;
  readonly key: KeyObject;
}

const app = {
  /** Every call goes to one address there. */
  base_url: z.url({ protocol: /^https?$/ }).default('https://openapi.alipay.com'),
  app_id: name,
  /** The merchant's own number (PID): notices name it. */
  seller_id: name,
  app_private_key: privateKey,
};

const noKey = 'must hold one, or no reply can be believed';

/** Its settings in the mode of public keys. */
const keyed = z
  .strictObject({
    ...app,
    /** Alipay's, not the app's; two while it is changed. */
    alipay_public_keys: z.array(publicKey).min(1, noKey),
  })
  .transform(({ alipay_public_keys, ...rest }): Account => {
    const alipay_keys = alipay_public_keys.map((key) => ({ cert_sn: null, key }));
    return { ...rest, alipay_keys, certificate_names: null };
  });

/** The members by which settings are of the other mode, with the files that Alipay hands out. */
const certificates = {
  /** `appCertPublicKey_….crt`, of the app's private key. */
  app_certificate: certificate,
  /** `alipayCertPublicKey_RSA2.crt`; two while it is changed, for replies and notices name theirs. */
  alipay_certificates: z.array(certificate).min(1, noKey),
  /** `alipayRootCert.crt` */
  alipay_root_certificate: rootName,
};

const certified = z
  .strictObject({ ...app, ...certificates })
  .refine(
    ({ app_certificate, app_private_key }) => app_certificate.checkPrivateKey(app_private_key),
    {
      path: ['app_certificate'],
      error: 'must be of app_private_key',
    },
  )
  .transform(
    ({ app_certificate, alipay_certificates, alipay_root_certificate, ...rest }): Account => ({
      ...rest,
      alipay_keys: alipay_certificates.map((one) => ({ cert_sn: nameOf(one), key: one.publicKey })),
      certificate_names: {
        app_cert_sn: nameOf(app_certificate),
        alipay_root_cert_sn: alipay_root_certificate,
      },
    }),
  );

const [parseKeyed, parseCertified] = [parserOf('alipay', keyed), parserOf('alipay', certified)];

/** Parses stored settings, of either mode. Throws `WrongSettings`, which names every wrong member, without its value. */
export function parseAccount(settings: unknown): Account {
  const given = z.record(z.string(), z.unknown()).safeParse(settings).data ?? {};
  const isCertified = Object.keys(certificates).some((member) => member in given);
  return isCertified ? parseCertified(settings) : parseKeyed(settings);
}
