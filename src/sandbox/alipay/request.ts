import type { Books } from '../books.ts';
import { wrongCertificate } from './certificate.ts';
import { alipayKeys as keys } from './keys.ts';
import { isMerchants, signedText } from './signature.ts';
import { channel, refused, type Said } from './wording.ts';

/** A request as it came: the parameters of query and form together, and what `biz_content` says. */
export interface Asked {
  readonly parameters: ReadonlyMap<string, string>;
  readonly method: string;
  /** Null when it is no JSON object. */
  readonly biz: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads a request; each parameter may be in either place (channels.md 2.1).
 *
 * @param query as it came
 * @param body a form, as it came
 */
export function read(query: string, body: string): Asked {
  const parameters = new Map([...new URLSearchParams(query), ...new URLSearchParams(body)]);
  const method = parameters.get('method') ?? '';
  return { parameters, method, biz: jsonObject(parameters.get('biz_content')) };
}

function jsonObject(text: string | undefined): Asked['biz'] {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A member of biz_content, '' when it is none. */
export function member({ biz }: Asked, name: string): string {
  const value = biz?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Why the gateway would not have a request, or null when it is well formed and the merchant's. One that is not
 * his is a violation. Its age is not looked at: Alipay's documents name none, and its own SDK dates requests by
 * the machine's zone.
 */
export function complaint(books: Books, asked: Asked): Said | null {
  const wrong = malformed(asked);
  if (wrong) return wrong;
  const reference = member(asked, 'out_trade_no');
  const violated = (detail: string) => {
    books.violate(channel, reference, 'unsigned_request', detail);
  };
  const { parameters } = asked;
  const signature = parameters.get('sign') ?? '';
  if (signature === '') {
    violated('no sign');
    return refused(40001, 'isv.missing-signature', '缺少签名参数');
  }
  if (parameters.get('app_id') !== keys.app_id) {
    violated('another app');
    return refused(40002, 'isv.invalid-app-id', '无效的AppID参数');
  }
  const certificate = wrongCertificate(parameters);
  if (certificate !== null) return refused(40002, 'isv.invalid-parameter', certificate);
  const text = signedText(parameters, ['sign']);
  if (isMerchants(text, signature)) return null;
  violated('the signature does not fit');
  return refused(40002, 'isv.invalid-signature', `验签出错，网关生成的验签字符串为：${text}`);
}

const required = ['app_id', 'sign_type', 'timestamp', 'version'] as const;

const forms = {
  sign_type: { form: /^RSA2$/, sub_code: 'isv.invalid-signature-type', sub_msg: '无效的签名类型' },
  charset: { form: /^utf-?8$/i, sub_code: 'isv.invalid-charset', sub_msg: '字符集错误' },
  format: { form: /^json$/i, sub_code: 'isv.invalid-format', sub_msg: '无效的数据格式' },
  version: { form: /^1\.0$/, sub_code: 'isv.invalid-parameter', sub_msg: 'version' },
  timestamp: {
    form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    sub_code: 'isv.invalid-timestamp',
    sub_msg: '非法的时间戳参数',
  },
} as const;

const missingCodes: Readonly<Record<string, string>> = {
  app_id: 'isv.missing-app-id',
  sign_type: 'isv.missing-signature-type',
};

function malformed({ parameters, biz }: Asked): Said | null {
  const missing = required.find((name) => !parameters.get(name));
  if (missing)
    return refused(40001, missingCodes[missing] ?? `isv.missing-${missing}`, `缺少${missing}参数`);
  for (const [name, { form, sub_code, sub_msg }] of Object.entries(forms)) {
    const value = parameters.get(name);
    if (value && !form.test(value)) return refused(40002, sub_code, sub_msg);
  }
  return biz ? null : refused(40002, 'isv.invalid-parameter', 'biz_content');
}
