import { z } from 'zod';

import type { Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { type Form, get } from './request.ts';
import { metadata } from './response.ts';

/** Fifty objects stay below the size of a reply that is read; a thousand are looked through. */
const pageSize = 50;
const pagesMax = 20;

const item = z.looseObject({ id: z.string().min(1), metadata: metadata.nullish() });
const page = z.object({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() });

/**
 * The latest object that bears our reference, in lists (a search lags, so it cannot prove absence). `not_found`
 * only when every page was seen.
 */
export async function findListed(
  call: Call<Account>,
  path: string,
  filter: Form,
  reference: string,
): Promise<
  | { readonly kind: 'found'; readonly item: z.infer<typeof item> }
  | { readonly kind: 'not_found' }
  | Unknown
> {
  let after: string | undefined;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const spoken = await get(call, path, { ...filter, limit: pageSize, starting_after: after });
    if (spoken.kind !== 'done') return unclear(spoken.detail);
    const seen = read(page, spoken.body);
    if (!seen) return unclear('200 without a readable list');
    const found = seen.data.find((one) => one.metadata?.['reference'] === reference);
    if (found) return { kind: 'found', item: found };
    if (!seen.has_more) return { kind: 'not_found' };
    after = seen.data.at(-1)?.id;
    if (after === undefined) return unclear('an empty page of a list that goes on');
  }
  return unclear(`not among the latest ${pagesMax * pageSize}`);
}
