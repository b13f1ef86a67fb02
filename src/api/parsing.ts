import type { z } from 'zod';

import { type FieldError, fieldProblem, type ProblemCode, problems } from './problem.ts';

/** The body in this shape, or a Problem with every wrong field. Unknown fields come first as they are told apart by code. */
export function parse<T>(shape: z.ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw fieldProblem(parsed.error.issues.flatMap(fieldErrors));
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = issue.path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${key}`,
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
