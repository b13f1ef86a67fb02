import type { Page, PageRequest } from '../store/page.ts';
import { fieldProblem } from './problem.ts';

/** The query of a list as its zod shape leaves it. */
export interface PageQuery {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

/** Which page is asked for. */
export function pageRequest({ limit = 20, starting_after, ending_before }: PageQuery): PageRequest {
  return { limit, starting_after, ending_before };
}

/** A page as the contract shows it; a cursor that the caller has no object for is refused. */
export function listed<T>(page: Page<T>, asked: PageRequest, shown: (one: T) => object): object {
  if (page.kind === 'unknown_cursor') {
    const name = asked.starting_after === undefined ? 'ending_before' : 'starting_after';
    const detail = 'no object of this list has this id';
    throw fieldProblem([{ pointer: `?${name}`, code: 'invalid_field', detail }]);
  }
  return { object: 'list', data: page.data.map(shown), has_more: page.has_more };
}
