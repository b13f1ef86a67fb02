import type { Request } from 'express';
import { z } from 'zod';

import type { Content } from './json.ts';
import {
  type FieldError,
  fieldProblem,
  type Problem,
  type ProblemCode,
  problems,
} from './problem.ts';

/** What was read of a body or a query: its well-formed fields, and every error of the others. */
export interface Parsed<T> {
  /** Whole when there is no error. */
  readonly fields: Partial<T>;
  readonly errors: readonly FieldError[];
}

/** Reads the body in this shape. */
export function parseBody<T>(shape: z.ZodType<T>, { body, wrong }: Content): Parsed<T> {
  const { fields, errors } = parse(shape, body);
  const written = new Set(wrong.map((error) => error.pointer));
  const spoilt = new Set(wrong.map((error) => error.pointer.split('/')[1]));
  return {
    fields: Object.fromEntries(
      Object.entries(fields).filter(([name]) => !spoilt.has(name)),
    ) as Partial<T>,
    errors: [...wrong, ...errors.filter((error) => !written.has(error.pointer))],
  };
}

/** Reads the query's parameters in this shape; each at most once. A wrong one is named `?name`. */
export function parseQuery<T>(shape: z.ZodType<T>, request: Request): Parsed<T> {
  const { searchParams } = new URL(request.originalUrl, 'http://host');
  const names = [...searchParams.keys()];
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const { fields, errors } = parse(shape, Object.fromEntries(searchParams));
  const named = errors.map((error) => ({ ...error, pointer: `?${error.pointer.slice(1)}` }));
  const repeated = [...twice].map((name): FieldError => ({
    pointer: `?${name}`,
    code: 'invalid_field',
    detail: 'given twice',
  }));
  return { fields, errors: [...repeated, ...named] };
}

/**
 * The refusal of wrong fields: what is malformed comes before what is only out of range, and that before what does not exist
 * (contract section 1). The status is that of the first.
 */
export function wrongFields(errors: readonly FieldError[]): Problem {
  const rank = ({ code }: FieldError) => (code === 'not_found' ? 999 : problems[code].status);
  return fieldProblem(errors.toSorted((a, b) => rank(a) - rank(b)));
}

function parse<T>(shape: z.ZodType<T>, given: object): Parsed<T> {
  const parsed = shape.safeParse(given);
  if (parsed.success) return { fields: parsed.data, errors: [] };
  return {
    fields: wellFormed(shape, given),
    errors: parsed.error.issues.flatMap((issue) => errorsOf(issue)),
  };
}

/** Each field for itself: the rules beyond the form are told of these, so that one answer names every error. */
function wellFormed(shape: z.ZodType, given: object): object {
  if (!(shape instanceof z.ZodObject)) throw new Error('bug: requests are objects');
  const fields = Object.entries(shape.shape).flatMap(([name, field]) => {
    const value = Object.hasOwn(given, name) ? given[name as keyof typeof given] : undefined;
    const parsed = z.safeParse(field, value);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(fields);
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const pointer = pointerOf(issue.path.map(String));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escaped(key)}`,
      code: 'unknown_field',
      detail: 'no such field',
    }));
  }
  return [{ pointer, code: codeOf(issue), detail: issue.message }];
}

/** RFC 6901: where in the body this is. */
export function pointerOf(path: readonly string[]): string {
  return path.map((part) => `/${escaped(part)}`).join('');
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function codeOf(issue: z.core.$ZodIssue): ProblemCode {
  const code = issue.code === 'custom' ? (issue.params?.['code'] as unknown) : undefined;
  return typeof code === 'string' && code in problems ? (code as ProblemCode) : 'invalid_field';
}
