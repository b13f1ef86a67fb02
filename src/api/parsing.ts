import type { Request } from 'express';
import type { z } from 'zod';

import type { Content } from './json.ts';
import { type FieldError, fieldProblem, type ProblemCode, problems } from './problem.ts';

/** The body in this shape, or a Problem with every wrong field. */
export function parse<T>(shape: z.ZodType<T>, content: Content): T {
  const parsed = shape.safeParse(content.body);
  if (parsed.success && content.wrong.length === 0) return parsed.data;
  const written = new Set(content.wrong.map((error) => error.pointer));
  const misshapen = parsed.success ? [] : parsed.error.issues.flatMap((issue) => errorsOf(issue));
  throw wrongFields([
    ...content.wrong,
    ...misshapen.filter((error) => !written.has(error.pointer)),
  ]);
}

/** The query's parameters in this shape; each at most once. A wrong one is named `?name`. */
export function parseQuery<T>(shape: z.ZodType<T>, request: Request): T {
  const given: Record<string, string> = {};
  const twice: FieldError[] = [];
  for (const [name, value] of new URL(request.originalUrl, 'http://host').searchParams) {
    if (Object.hasOwn(given, name))
      twice.push({ pointer: `?${name}`, code: 'invalid_field', detail: 'given twice' });
    given[name] = value;
  }
  const parsed = shape.safeParse(given);
  if (parsed.success && twice.length === 0) return parsed.data;
  const misshapen = parsed.success ? [] : parsed.error.issues.flatMap((issue) => errorsOf(issue));
  const named = misshapen.map((error) => ({ ...error, pointer: `?${error.pointer.slice(1)}` }));
  throw wrongFields([...twice, ...named]);
}

/** What is malformed comes before what is only out of range: the status is that of the first. */
function wrongFields(errors: readonly FieldError[]) {
  return fieldProblem(errors.toSorted((a, b) => problems[a.code].status - problems[b.code].status));
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = issue.path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'unknown_field',
      detail: 'no such field',
    }));
  }
  return [{ pointer, code: codeOf(issue), detail: issue.message }];
}

function codeOf(issue: z.core.$ZodIssue): ProblemCode {
  const code = issue.code === 'custom' ? (issue.params?.['code'] as unknown) : undefined;
  return typeof code === 'string' && code in problems ? (code as ProblemCode) : 'invalid_field';
}
