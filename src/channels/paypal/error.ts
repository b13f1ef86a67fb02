import { z } from 'zod';

import { read } from '../text.ts';

const link = z.object({ rel: z.string(), href: z.url({ protocol: /^https?$/ }) });
/** Where a message says that one can go from there. */
export const links = z.array(link);
export type Links = z.infer<typeof links>;

const wireError = z.object({
  name: z.string().min(1),
  message: z.string().nullish(),
  details: z.array(z.object({ issue: z.string().nullish(), description: z.string().nullish() })).nullish(),
  links: links.nullish().catch(null), // to a page about the error, or for the payer
}); // prettier-ignore

/** In the words of OAuth: what is wrong with the token, or with the keys for one. */
const oauthError = z.object({ error: z.string().min(1), error_description: z.string().nullish() });

/** Why PayPal said no: its most exact code. */
export interface WireError {
  readonly issue: string;
  readonly message: string | null;
  readonly links: Links;
}

/** The error in a reply's body, or null when it names none. */
export function readError(body: string): WireError | null {
  const found = read(wireError, body);
  if (found) {
    const [detail] = found.details ?? [];
    const issue = detail?.issue || found.name;
    const message = detail?.description || found.message || null;
    return { issue, message, links: found.links ?? [] };
  }
  const oauth = read(oauthError, body);
  return oauth && { issue: oauth.error, message: oauth.error_description ?? null, links: [] };
}

/** The address under one of these names, the first that there is. */
export function linkTo(found: Links, ...names: readonly string[]): string | null {
  const named = names.map((name) => found.find(({ rel }) => rel === name));
  return named.find((one) => one !== undefined)?.href ?? null;
}
