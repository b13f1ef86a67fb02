import type { IncomingHttpHeaders } from 'node:http';

import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { serialNamed } from './signature.ts';
import { channel, refusal, systemError, wrongApp } from './wording.ts';

/** What WeChat Pay works with. */
export interface WechatPayOptions extends ChannelOptions {
  /** Where payers' browsers reach this server. */
  readonly origin: string;
}

/** What is asked for, by whoever asks. */
export interface Place {
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** A request as it came, the body parsed; what is no JSON is null. */
export interface Asked {
  readonly options: WechatPayOptions;
  /** The number in the path, or ''. */
  readonly number: string;
  readonly parameters: URLSearchParams;
  readonly body: unknown;
  /** The key that its caller wants answers and callbacks to be signed with. */
  readonly serial: string;
  /** Where its caller reached this server. */
  readonly host: string;
}

/**
 * A request, read.
 *
 * @param number the number in the path as it came
 * @param query what came after the question mark
 * @param text the body as it came
 */
export function read(
  options: WechatPayOptions,
  headers: IncomingHttpHeaders,
  {
    number,
    query,
    text,
  }: { readonly number: string; readonly query: string; readonly text: string },
): Asked {
  return {
    options,
    number: decoded(number),
    parameters: new URLSearchParams(query),
    body: json(text),
    serial: serialNamed(headers),
    host: headers.host ?? '',
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text of the body, '' when it is none. */
export function member(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

/** Orders are asked for in the name of the merchant who signs. */
export function ofMerchant(mchid: string | null, answer: () => Answer): Answer {
  return mchid === keys.mchid ? answer() : refusal(400, 'PARAM_ERROR', 'mchid与签名的商户号不一致');
}

/** So does an app of his make them: without it a reverse is a system error, as merchants found (WeChat's community page). */
export function ofApp(body: unknown, answer: () => Answer): Answer {
  const appid = member(body, 'appid');
  if (appid === '') return systemError;
  return appid === keys.appid ? answer() : wrongApp;
}

/**
 * A call, as faults see it.
 *
 * @param known what it asks for, if the books have that
 */
export function about(
  operation: Call['operation'],
  references: readonly string[],
  known: Pick<Transaction, 'created_at'> | null | undefined,
  commit: Call['commit'],
): Call {
  return {
    channel,
    operation,
    references,
    known_since: known?.created_at ?? null,
    names_amount: ['query', 'refund', 'query_refund'].includes(operation),
    commit,
  };
}
