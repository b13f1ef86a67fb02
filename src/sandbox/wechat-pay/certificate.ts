import type { Answer } from '../call.ts';
import { platformCertificate, wechatPayKeys as keys } from './keys.ts';
import { encrypt } from './signature.ts';

/** `GET /v3/certificates`: the platform certificate, encrypted like a callback (channels.md 1.2). */
export function certificates(): Answer {
  const { effective_time, expire_time, pem } = platformCertificate;
  const certificate = {
    serial_no: keys.platform_serial,
    effective_time,
    expire_time,
    encrypt_certificate: encrypt(pem, 'certificate'),
  };
  return { status: 200, body: { data: [certificate] } };
}
