import type { Answer } from '../call.ts';
import { rotation } from '../rotation.ts';
import { platformCertificate, wechatPayKeys as keys } from './keys.ts';
import { nextPlatformCertificate, nextPlatformKeys } from './next-platform.ts';
import { encrypt } from './signature.ts';
import { channel } from './wording.ts';

/** `GET /v3/certificates`: the platform certificates, encrypted like a callback (channels.md 1.2); two once the next one signs. */
export function certificates(): Answer {
  const first = entry(keys.platform_serial, platformCertificate);
  const next = entry(nextPlatformKeys.next_platform_serial, nextPlatformCertificate);
  return {
    status: 200,
    body: { data: rotation.keyOf(channel) === 'next' ? [first, next] : [first] },
  };
}

function entry(
  serial_no: string,
  {
    effective_time,
    expire_time,
    pem,
  }: Readonly<Record<'effective_time' | 'expire_time' | 'pem', string>>,
): object {
  return {
    serial_no,
    effective_time,
    expire_time,
    encrypt_certificate: encrypt(pem, 'certificate'),
  };
}
