import type { Answer, Call } from '../call.ts';
import type { Asked } from './call.ts';
import { queryReturnCall, returnCall } from './return-call.ts';
import { statementCall } from './statement.ts';
import { closeCall, openCall, queryCall } from './virtual-account-call.ts';
import { refusal } from './wording.ts';

type Understand = (asked: Asked) => Call;
type Route = readonly [path: RegExp, methods: Readonly<Record<string, Understand>>];
const routes: readonly Route[] = [
  [/^\/v1\/virtual-accounts\/([^/]+)$/, { PUT: openCall, GET: queryCall }],
  [/^\/v1\/virtual-accounts\/([^/]+)\/closure$/, { POST: closeCall }],
  [/^\/v1\/returns\/([^/]+)$/, { PUT: returnCall, GET: queryReturnCall }],
  [/^\/v1\/statements\/([^/]+)$/, { GET: statementCall }],
];

/** What a request asks for, or 404 and 405. */
export function route(
  method: string,
  path: string,
): { readonly understand: Understand; readonly name: string } | { readonly refused: Answer } {
  for (const [pattern, methods] of routes) {
    const name = pattern.exec(path)?.[1];
    if (name === undefined) continue;
    const understand = methods[method];
    if (understand) return { understand, name };
    const Allow = Object.keys(methods).join(', ');
    return { refused: refusal('METHOD_NOT_ALLOWED', `allowed: ${Allow}`, { Allow }) };
  }
  return { refused: refusal('ROUTE_UNKNOWN', `nothing at ${path}`) };
}
