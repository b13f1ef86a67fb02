import type { Caller } from './api-key.ts';
import type { Keyring } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault, type Vault } from './vault.ts';

/** A sealed token is one text, since it lies in documents too. What is of another form was kept before they were sealed. */
const form = /^sealed:([\w.-]{1,32}):([\w+/]+={0,2})$/;

/**
 * What a payer's method came with, sealed for the payments of this app alone (decision 0035). Every way of it through
 * rows and folds goes so: only a call to its channel opens it.
 */
export function sealToken(
  keyring: Keyring,
  token: string,
  { app_id, livemode }: Pick<Caller, 'app_id' | 'livemode'>,
): string {
  const { sealed, key_id } = keyring.seal(token, placeOf(app_id), livemode);
  return `sealed:${key_id}:${sealed.toString('base64')}`;
}

/** What was sealed, or the plain form. Throws an Error of one line when no key opens it. */
export function openToken(keyring: Keyring, kept: string, app_id: string): string {
  const [, key_id, sealed] = form.exec(kept) ?? [];
  if (key_id === undefined || sealed === undefined) return kept;
  return keyring.open({ key_id, sealed: Buffer.from(sealed, 'base64') }, placeOf(app_id));
}

function placeOf(app_id: string): string {
  return `a payer's token of ${app_id}`;
}

interface KeptToken {
  readonly id: string;
  readonly app_id: Caller['app_id'];
  readonly token: string;
}

/**
 * @param name of the table
 * @param rows selects each row's `id`, `app_id` and `token`
 * @param update writes the token `n.token` to the row of `n.id` that still has the token `n.kept`: a transition may
 *   have begun the attempt meanwhile
 */
function tokenVault(name: string, rows: string, update: string): Vault {
  const others = prepared(
    `${name}_tokens_sealed_otherwise`,
    `select * from (${rows}) t where t.token is not null and not starts_with(t.token, 'sealed:' || $1 || ':') and t.id > $2
     order by t.id fetch first $3 rows with ties`,
  );
  const write = prepared(
    `reseal_${name}_tokens`,
    update.replace('$n', 'unnest($1::text[], $2::text[], $3::text[]) n (id, kept, token)'),
  );
  return createVault(
    others,
    (keyring, { token, app_id }: KeptToken) =>
      sealToken(keyring, openToken(keyring, token, app_id), { app_id, livemode: true }),
    (rows, anew) => write(rows.map(({ id }) => id), rows.map(({ token }) => token), anew), // prettier-ignore
  );
}

/** Of the attempts. */
export const attemptVault = tokenVault(
  'attempts',
  'select a.id, p.app_id, a.token from attempts a join payments p on p.id = a.payment_id',
  'update attempts a set token = n.token from $n where a.id = n.id and a.token = n.kept',
);

/** Of the methods that are set up without a payment. */
export const setupVault = tokenVault(
  'setups',
  'select m.id, m.app_id, s.token from setups s join payment_methods m on m.id = s.payment_method',
  'update setups s set token = n.token from $n where s.payment_method = n.id and s.token = n.kept',
);

/** Of what payers came back with. */
export const returnVault = tokenVault(
  'returns',
  `select r.id, p.app_id, r.token from returns r join attempts a on a.id = r.attempt_id
   join payments p on p.id = a.payment_id`,
  'update returns r set token = n.token from $n where r.id = n.id and r.token = n.kept',
);

/** Of the switches of method that wait. */
export const nextVault = tokenVault(
  'payments',
  `select id, app_id, next ->> 'token' as token from payments where next is not null`,
  `update payments p set next = jsonb_set(p.next, '{token}', to_jsonb(n.token)) from $n
   where p.id = n.id and p.next ->> 'token' = n.kept`,
);

/** Of what the confirms asked for. */
export const choiceVault = tokenVault(
  'command_requests',
  `select r.cause as id, p.app_id, r.choice ->> 'token' as token from command_requests r join payments p on p.id = r.payment_id
   where r.choice is not null`,
  `update command_requests r set choice = jsonb_set(r.choice, '{token}', to_jsonb(n.token)) from $n
   where r.cause = n.id and r.choice ->> 'token' = n.kept`,
);
