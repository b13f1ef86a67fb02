import type { IncomingHttpHeaders } from 'node:http';

/** What the API said; status 0 when the connection ended without an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly ms: number;
}

/** The words of a stack trace, of PostgreSQL or of our own folders. */
const leak =
  /node_modules|\/src\/\w|\.ts:\d|\n {4}at |syntax error at or near|violates \w+ constraint|relation "|invalid input syntax|DatabaseError|ECONNREFUSED|Cannot (GET|POST) /;

/** Which of the rules of every answer this one breaks (contract section 1, faults.md section 5 row 28). */
export function breaches({ status, headers, text }: Answer, isCallback: boolean): string[] {
  const broken: string[] = [];
  if (status >= 500) broken.push('no answer is a 5xx');
  if (leak.test(text)) broken.push('no answer tells of our insides');
  if (status === 0 || isParsers(status, headers, text)) return broken;
  if (!headers['request-id']) broken.push('every answer has a Request-Id');
  if (status >= 400 && !isCallback && !isProblem(headers, text))
    broken.push('every refusal is problem+json with a code');
  return broken;
}

/** Node's HTTP parser answers what is no HTTP by itself: an empty body, and the connection ends. */
function isParsers(status: number, headers: IncomingHttpHeaders, text: string): boolean {
  return [400, 408, 413, 417, 431].includes(status) && text === '' && !headers['request-id'];
}

function isProblem(headers: IncomingHttpHeaders, text: string): boolean {
  if (!headers['content-type']?.startsWith('application/problem+json')) return false;
  return codeOf(text) !== null;
}

/** The `code` of a problem, or null. */
export function codeOf(text: string): string | null {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}
