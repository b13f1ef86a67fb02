import { randomInt } from 'node:crypto';

export const channel = 'unionpay';

/** What UnionPay says: members of a message, before it is signed. */
export type Said = Readonly<Record<string, string>>;

const messages = {
  '00': '成功',
  '01': '交易失败。详情请咨询95516',
  '04': '交易状态未明，请查询对账结果',
  '05': '交易已受理，请稍后查询交易结果',
  '06': '系统繁忙，请稍后再试',
  10: '报文格式错误',
  11: '验证签名失败',
  12: '重复交易',
  13: '报文交易要素缺失',
  31: '商户状态不正确',
  33: '交易金额超限',
  34: '查无此交易',
  35: '原交易不存在或状态不正确',
  36: '与原交易信息不符',
  37: '已超过最大查询次数或操作过于频繁',
  39: '交易不在受理时间范围内',
  60: '交易失败，详情请咨询您的发卡行',
  61: '输入的卡号无效，请确认后输入',
  62: '交易失败，发卡银行不支持该商户，请更换其他银行卡',
  63: '卡状态不正确',
  64: '卡上的余额不足',
  65: '输入的密码、有效期或CVN2有误，交易失败',
  66: '持卡人身份信息或手机号输入不正确，验证失败',
  67: '密码输入次数超限',
  68: '您的银行卡暂不支持该业务，请向您的银行或95516咨询',
  69: '您的输入超时，交易失败',
  71: '动态口令或短信验证码校验失败',
  72: '您尚未开通银联无卡支付业务',
  73: '支付卡已超过有效期',
  77: '银行卡未开通认证支付',
  78: '发卡行交易权限受限，详情请咨询您的发卡行',
  98: '文件不存在',
  A6: '有缺陷的成功',
} as const;

/** The codes that this sandbox says. */
export type ResponseCode = `${keyof typeof messages}`;

/** Is this one of them? */
export function isResponseCode(code: string): code is ResponseCode {
  return code in messages;
}

/** What a code means, for people. */
export function messageOf(code: ResponseCode): string {
  return messages[code];
}

/**
 * A message's answer to what was asked.
 *
 * @param why in more words than the code has
 */
export function responded(respCode: ResponseCode, why?: string): Said {
  return {
    respCode,
    respMsg: why === undefined ? messages[respCode] : `${messages[respCode]}[${why}]`,
  };
}

/**
 * A time as UnionPay writes it, Beijing's: `20261129180000`.
 *
 * @param at milliseconds since the epoch, or RFC 3339
 */
export function beijing(at: number | string): string {
  const shifted = new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString();
  return shifted.slice(0, 19).replace(/\D/g, '');
}

/** What UnionPay calls `20261129180000`, in milliseconds since the epoch; NaN where there is no such time. */
export function fromBeijing(text: string): number {
  const [, date, hour, minute, second] = /^(\d{8})(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const day = date?.replace(/(....)(..)(..)/, '$1-$2-$3');
  return Date.parse(`${day}T${hour}:${minute}:${second}+08:00`);
}

/** As many random digits. */
export function freshDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** A `queryId`: UnionPay's own number of a payment or a refund, its time and seven digits. */
export function freshQueryId(at: number): string {
  return beijing(at) + freshDigits(7);
}
