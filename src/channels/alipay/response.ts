import { z } from 'zod';

import { read } from '../text.ts';
import type { Account } from './account.ts';
import { isSigned } from './signature.ts';

/**
 * The answer's own text, cut from the reply as it came and verified over exactly these bytes; null when it is not
 * Alipay's. What is read later is this text and nothing beside it, so whatever is cut here was signed.
 */
export function signedAnswer(account: Account, method: string, body: string): string | null {
  const members = membersOf(body);
  const answer =
    members.get(`${method.replaceAll('.', '_')}_response`) ?? members.get('error_response');
  const text = (name: string) => read(z.string(), members.get(name) ?? '""') ?? '';
  const signed = { sign: text('sign'), alipay_cert_sn: text('alipay_cert_sn') };
  return answer !== undefined && isSigned(account, answer, signed) ? answer : null;
}

const token = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}[\],]/g;

/** The members of a JSON object's text, each value as it stands there. */
function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let from = 0;
  for (const { 0: part, index } of text.matchAll(token)) {
    if (part === '}' || part === ']') depth -= 1;
    const isEnd = (depth === 1 && part === ',') || (depth === 0 && part === '}');
    if (isEnd) keep(members, text.slice(from, index));
    if (part === '{' || part === '[') depth += 1;
    if (isEnd || (depth === 1 && part === '{')) from = index + 1;
  }
  return members;
}

function keep(members: Map<string, string>, member: string): void {
  const [head, name] = /^\s*"(\w+)"\s*:/.exec(member) ?? [];
  if (head && name && !members.has(name)) members.set(name, member.slice(head.length).trim());
}
