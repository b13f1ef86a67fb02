import { AlipaySdk } from 'alipay-sdk';

import { parseAccount } from '../../../src/channels/alipay/account.ts';
import { alipay } from '../../../src/channels/alipay/channel.ts';
import { signatureOf } from '../../../src/channels/alipay/signature.ts';
import type { RawCallback } from '../../../src/channels/callback.ts';
import { alipayKeys as keys } from '../../../src/sandbox/alipay/keys.ts';
import { answeringAs } from '../answering.ts';
import { isSignedBy, notice, notified, now, parametersOf, replied, stranger, trade } from './alipay.ts'; // prettier-ignore
import { certifiedSettingsOf } from './settings.ts';
import { order } from './verbs.ts';

const settings = certifiedSettingsOf(keys, 'https://openapi.alipay.com');
const account = parseAccount(settings);
const answering = answeringAs(account, now);
const sdk = new AlipaySdk({
  appId: keys.app_id,
  privateKey: keys.app_private_key,
  keyType: 'PKCS8',
  appCertContent: keys.app_cert,
  alipayPublicCertContent: keys.alipay_cert,
  alipayRootCertContent: keys.alipay_root_cert,
  gateway: `${settings.base_url}/gateway.do`,
});
/** A root of the other kind, as the file with Alipay's has them. */
const elliptic = `-----BEGIN CERTIFICATE-----
MIIBrjCCAVWgAwIBAgIUc04es55vnFgdMCggAx1DBAunFawwCgYIKoZIzj0EAwIw
LTELMAkGA1UEBhMCQ04xETAPBgNVBAoMCEhvbGRmYXN0MQswCQYDVQQDDAJFMTAe
Fw0yNjExMjkyMzM2NDFaFw0zNjExMjYyMzM2NDFaMC0xCzAJBgNVBAYTAkNOMREw
DwYDVQQKDAhIb2xkZmFzdDELMAkGA1UEAwwCRTEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQOw+us9+z0K2mShOPdYE02VsMyQmuEbNVcX163tNxHN3wOWddEldDA
LULGajycxO2Q0CpnmtooeqcIHSpxlWkYo1MwUTAdBgNVHQ4EFgQUErtqBy/lUC+8
o1z7d783gRNLkqgwHwYDVR0jBBgwFoAUErtqBy/lUC+8o1z7d783gRNLkqgwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAHi7EE1tO6BbM3GABvJEMh
41Bg1J7BHKgQjrSAajfTEAIgbZSrhiaCBJIQem/Y7xyq64D8cS1Zgg+bP6VLs2VU
r/8=
-----END CERTIFICATE-----
`;

/** The same, its key on a curve (an OID with another last byte) that nobody knows. */
const unheardOf = elliptic.replace(/-----BEGIN[^]+/, (pem) => {
  const hex = Buffer.from(pem.replaceAll(/-----.+-----|\s/g, ''), 'base64').toString('hex');
  const der = Buffer.from(hex.replace('06082a8648ce3d030107', '06082a8648ce3d03017f'), 'hex');
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
});
/** Of RSA, and issued by nobody: `openssl req -x509 -newkey rsa:1024 -subj /`. */
const nameless = `-----BEGIN CERTIFICATE-----
MIIB3DCCAUWgAwIBAgIUTnYqvC8DboXWqCSY8JOJNaXak3swDQYJKoZIhvcNAQEL
BQAwADAeFw0yNjExMzAwMTMyNDRaFw0zNjExMjcwMTMyNDRaMAAwgZ8wDQYJKoZI
hvcNAQEBBQADgY0AMIGJAoGBAPZ0PPnfPP1fOV09HThkiD0sCaLFObLzMy0GvA6+
+La8OHGcflZYVW85BSsADTWWlmRdvlRsCA3Av+IwJPhJRGT/dEofLtemTFp1Sf2q
MQTUhP0jBDhxt2ZD+2zV1KOrHPK3V5pU8YamMVHiK5r2INpO1ISiBrSCE+JHnrmW
DKunAgMBAAGjUzBRMB0GA1UdDgQWBBRXT0pHQQA7YjgKmIfHFuaL7yslYzAfBgNV
HSMEGDAWgBRXT0pHQQA7YjgKmIfHFuaL7yslYzAPBgNVHRMBAf8EBTADAQH/MA0G
CSqGSIb3DQEBCwUAA4GBABwFLXyRut1isXvrZ92E1R11Ps3S0ySQB84sPFJMga14
HZfYIDFgybCpIuhdvl7oeuOjv5NKb5o2tN2uxzLX7dcQL8YS4jmU5XxMezQfSfuM
7yE40zqMLQWJJKjDRWPyfaQ//vT6eqO9pq06dZ7QMWmx11ZEYIil9Y6xJ1jQmowd
-----END CERTIFICATE-----
`;

/** By what name the vendor's own SDK calls Alipay's certificate. */
const { alipayCertSn: cert_sn } = sdk.config as unknown as { alipayCertSn: string };

describe('in the mode of certificates', () => {
  test('what we sign is what Alipay’s own SDK signs, which names the certificates so', () => {
    const asked = { bizContent: { out_trade_no: 'att_1' }, notifyUrl: order.notify_url };
    const url = sdk.pageExec('alipay.trade.page.pay', 'GET', asked);
    const { sign, ...parameters } = parametersOf({ url, body: '' });
    expect(parameters).toMatchObject(account.certificate_names!);
    expect(signatureOf(parameters, account)).toBe(sign);
  });

  test('an order that the payer makes in the app or on a page names them', async () => {
    const { next_action }: any = await alipay.create(answering({ kind: 'lost', detail: 'nothing is sent' }), { ...order, method: 'alipay_app' });
    const parameters = Object.fromEntries(new URLSearchParams(next_action.params.order_string));
    expect(parameters).toMatchObject(account.certificate_names!);
    expect(isSignedBy(keys.app_public_key, parameters)).toBe(true);
  }); // prettier-ignore

  test.each(['create', 'query', 'close'] as const)('%s names both certificates, signed', async (verb) => {
    const call = answering({ kind: 'lost', detail: 'ECONNRESET' });
    await alipay[verb](call, order);
    const parameters = parametersOf(call.requests[0]!);
    expect(parameters).toMatchObject(account.certificate_names!);
    expect(isSignedBy(keys.app_public_key, parameters)).toBe(true);
    expect(isSignedBy(keys.app_public_key, { ...parameters, app_cert_sn: 'f'.repeat(32) })).toBe(false);
  }); // prettier-ignore

  const signing = { key: keys.alipay_private_key };
  const asked = (more: object) =>
    alipay.query(answering(replied('alipay.trade.query', trade, { ...signing, ...more })), order);

  test('a reply is believed by the certificate that it names, or where it names none by any', async () => {
    for (const named of [cert_sn, undefined])
      expect((await asked({ cert_sn: named })).kind).toBe('approved');
    expect((await asked({ cert_sn, key: stranger.privateKey })).kind).toBe('unknown');
  });

  test('a reply by a certificate that the account lacks is unknown, whoever has signed it', async () => {
    for (const key of [keys.alipay_private_key, stranger.privateKey])
      expect((await asked({ cert_sn: 'f'.repeat(32), key })).kind).toBe('unknown');
  });

  const read = (callback: RawCallback) => alipay.readCallback(account, callback, now);
  const own = { ...notice, app_id: keys.app_id, seller_id: keys.seller_id };
  const formOf = ({ body }: RawCallback) =>
    Object.fromEntries(new URLSearchParams(body.toString()));

  test.each([
    ['names its certificate', { alipay_cert_sn: cert_sn }, ['sign_type']],
    [
      'names it outside of what is signed',
      { alipay_cert_sn: cert_sn },
      ['sign_type', 'alipay_cert_sn'],
    ],
    ['names none', {}, ['sign_type']],
  ])('a notice that %s is believed', (_what, named, without) => {
    expect(read(notified({ ...own, ...named }, { ...signing, without })).kind).toBe('attempt');
  });

  test('what we believe of the notices that name it, Alipay’s own SDK believes too', () => {
    for (const key of [keys.alipay_private_key, stranger.privateKey]) {
      const callback = notified({ ...own, alipay_cert_sn: cert_sn }, { key });
      expect(read(callback).kind === 'attempt').toBe(sdk.checkNotifySignV2(formOf(callback)));
    }
  });

  test.each([
    ['by a certificate that the account lacks', { alipay_cert_sn: 'f'.repeat(32) }],
    ['that was given another name', { alipay_cert_sn: account.certificate_names!.app_cert_sn }],
  ])('a notice %s is forged', (_what, named) => {
    expect(read(notified({ ...own, ...named }, signing)).kind).toBe('forged');
  });
});

describe('settings', () => {
  test('of it are the account: its certificates by the names that the SDK gives them', () => {
    expect(account.alipay_keys.map((one) => one.cert_sn)).toEqual([cert_sn]);
  });

  test('take all roots of one file, and count those of RSA', () => {
    const two = `${elliptic}\n${unheardOf}\n${nameless}\n${keys.alipay_root_cert}\n${keys.alipay_cert}`;
    const { certificate_names } = parseAccount({ ...settings, alipay_root_certificate: two });
    expect(certificate_names?.alipay_root_cert_sn).toBe(`${account.certificate_names?.alipay_root_cert_sn}_${cert_sn}`); // prettier-ignore
  });

  test.each([
    ['alipay_public_keys: no such member', { alipay_public_keys: [keys.alipay_public_key] }],
    ['app_certificate: must be of app_private_key', { app_certificate: keys.alipay_cert }],
    ['app_certificate: must be a certificate (RSA, PEM)', { app_certificate: keys.app_public_key }],
    ['app_certificate', { app_certificate: undefined }],
    ['alipay_certificates: must hold one', { alipay_certificates: [] }],
    ['alipay_certificates.0: must be a certificate', { alipay_certificates: [elliptic] }],
    ['alipay_certificates.0: must be a certificate', { alipay_certificates: [unheardOf] }],
    ['alipay_certificates.0: must be a certificate', { alipay_certificates: [nameless] }],
    ['alipay_root_certificate: must be Alipay’s root certificates (PEM)', { alipay_root_certificate: nameless }],
    ['alipay_root_certificate: must be Alipay’s root certificates (PEM)', { alipay_root_certificate: elliptic }],
    ['seller_id', { seller_id: undefined }],
  ])('that are wrong are told: %s', (told, change) => {
    const parse = () => parseAccount({ ...settings, ...change });
    expect(parse).toThrow(`alipay account: `);
    expect(parse).toThrow(told);
    expect(parse).not.toThrow('BEGIN');
  }); // prettier-ignore
});
