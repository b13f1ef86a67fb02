import type { Page, PageRequest } from '../store/page.ts';
import { fieldProblem } from './problem.ts';

/** The query of a list as its zod shape leaves it. */
export interface PageQuery {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

/** Which page is asked for; both cursors at once are refused. */
export function pageRequest({ limit = 20, starting_after, ending_before }: PageQuery): PageRequest {
  if (starting_after !== undefined && ending_before !== undefined)
    throw wrongCursor('ending_before', 'not together with starting_after');
  return { limit, starting_after, ending_before };
}

/** A page as the contract shows it; a cursor that the caller has no object for is refused. */
export function listed<T>(page: Page<T>, asked: PageRequest, shown: (one: T) => object): object {
  if (page.kind === 'unknown_cursor') {
    const name = asked.starting_after === undefined ? 'ending_before' : 'starting_after';
    throw wrongCursor(name, 'no object of this list has this id');
  }
  return { object: 'list', data: page.data.map(shown), has_more: page.has_more };
}

function wrongCursor(name: string, detail: string) {
  return fieldProblem([{ pointer: `?${name}`, code: 'invalid_field', detail }]);
}
