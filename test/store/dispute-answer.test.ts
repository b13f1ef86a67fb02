import type { Caller } from '../../src/store/api-key.ts';
import { answersOf, findAnswer, insertAnswer } from '../../src/store/dispute-answer.ts';
import { endAnswer, leaseAnswers, postponeAnswer } from '../../src/store/due-answer.ts';
import { drawId } from '../../src/store/id.ts';
import type { Store } from '../../src/store/store.ts';
import { openSealedShop, type SealedShop } from './sealed-shop.ts';
import { type Shop, times } from './shop.ts';

const words = { explanation: 'He signed for it', customer_name: 'Ada Lovelace' };

let sealed: SealedShop;
let store: Store;
let shop: Shop;
let caller: Caller;

beforeAll(async () => {
  sealed = await openSealedShop();
  ({ shop } = sealed);
  ({ store, caller } = shop);
});
afterAll(() => sealed.close());
afterEach(() => store.pool.query('delete from dispute_answers; delete from disputes'));

async function disputed(status = 'opened'): Promise<string> {
  const { id: payment, attempts } = await shop.withCode();
  const id = drawId('dsp');
  await store.pool.query(
    `insert into disputes (id, payment_id, attempt_id, channel_reference, amount, currency, status, channel_status, stage, reason,
       amount_withdrawn, amount_lost, movements, heard, created_at, updated_at)
     values ($1, $2, $3, 'du_1', 1999, 'CNY', $4, 'needs_response', 'chargeback', 'fraudulent', 0, 0, 0, '{}', clock_now(), clock_now())`,
    [id, payment, attempts[0]!.id, status],
  );
  return id;
}

const insert = (dispute: string, key: string | null = null) =>
  insertAnswer(store, caller, dispute, words, key === null ? null : { cause: key, fingerprint: 'f' }); // prettier-ignore

async function due(of = store) {
  await of.pool.query(`update dispute_answers set attend_at = clock_now() - interval '1 s' where attend_at is not null`); // prettier-ignore
  return (await leaseAnswers(of))[0];
}

test('an answer is due at once, for one alone, and its words are gone when the channel has taken it', async () => {
  const dispute = await disputed();
  const made = await insert(dispute);
  expect(made).toMatchObject({ kind: 'written', answer: { dispute_id: dispute, status: 'processing', fields: Object.keys(words) } }); // prettier-ignore
  const [one] = await leaseAnswers(store);
  expect(one).toMatchObject({ dispute: 'du_1', channel: 'wechat-pay', channel_account: shop.account, words }); // prettier-ignore
  expect(await leaseAnswers(store)).toEqual([]);
  await endAnswer(store, one!.id, 'submitted', null);
  expect(await findAnswer(store.pool, one!.id)).toMatchObject({ status: 'submitted', detail: null });
  expect((await store.pool.query('select sealed from dispute_answers')).rows).toEqual([{ sealed: null }]); // prettier-ignore
  expect(await due()).toBeUndefined();
}); // prettier-ignore

test('twenty answers to one dispute at once are one; after one that failed there may be another', async () => {
  const dispute = await disputed();
  const kinds = (await Promise.all(times(20, () => insert(dispute)))).map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual([...times(19, () => 'taken'), 'written']);
  const one = await due();
  await endAnswer(store, one!.id, 'failed', 'refused');
  expect((await insert(dispute)).kind).toBe('written');
  expect(await answersOf(store.pool, dispute)).toMatchObject([
    { status: 'processing' },
    { status: 'failed', detail: 'refused' },
  ]);
});

test('under a key it is one, and a refusal leaves the key free', async () => {
  const dispute = await disputed();
  const first = await insert(dispute, 'key-1');
  expect(await insert(dispute, 'key-1')).toEqual({ ...first, kind: 'replayed' });
  const other = { cause: 'key-1', fingerprint: 'another' };
  expect(await insertAnswer(store, caller, dispute, words, other)).toEqual({ kind: 'key_reused' });
  expect(await insert(await disputed('under_review'), 'key-2')).toEqual({ kind: 'taken' });
  const { rows } = await store.pool.query(`select 1 from idempotency_keys where cause = 'key-2'`);
  expect(rows).toEqual([]);
});

test('what was not answered is told again, under the next key where the channel has stored a failure', async () => {
  await insert(await disputed());
  const one = await due();
  await postponeAnswer(store, { id: one!.id, key_number: 1 }, 60_000);
  expect(await leaseAnswers(store)).toEqual([]);
  expect(await due()).toMatchObject({ id: one!.id, key_number: 1, words });
});

test('the words are sealed, and go over to another key', async () => {
  await insert(await disputed());
  const { rows } = await store.pool.query('select to_jsonb(a) as row from dispute_answers a');
  expect(JSON.stringify(rows)).not.toMatch(/signed|Lovelace/);
  await sealed.reseal();
  const after = sealed.afterwards();
  expect(await due(after)).toMatchObject({ words });
});

test('one that no key opens keeps no other back, and is told of', async () => {
  await insert(await disputed());
  await sealed.reseal();
  await insert(await disputed()); // sealed with the old key, which is lost
  const after = sealed.afterwards();
  const unopened: unknown[] = [];
  const told = await leaseAnswers(after, (id) => unopened.push(id));
  const { rows } = await store.pool.query<{ id: string }>(`select id from dispute_answers where key_id = 'old'`); // prettier-ignore
  expect(told).toMatchObject([{ words }]);
  expect(unopened).toEqual(rows.map(({ id }) => id));
});
