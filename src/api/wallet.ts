import { subtract } from '../domain/money.ts';
import { entryTypeOf } from '../domain/wallet.ts';
import type { Caller } from '../store/api-key.ts';
import { findCustomer } from '../store/customer.ts';
import type { Store } from '../store/store.ts';
import { findWallet, listWallets, type Wallet } from '../store/wallet.ts';
import { listEntries, type WalletEntry } from '../store/wallet-entry.ts';
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';
import { wallet as walletAnswer, walletEntry } from './wallet-answer.ts';

/** Wallets and their statements: what customers have with a merchant (decision 0032). */
export function walletEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/customers/{id}/wallets',
      summary: 'List a customer’s wallets, one per currency; the first top-up or gift makes one',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(walletAnswer),
      refusals: ['not_found'],
      handle: async ({ caller, id, query }) => {
        if (!(await findCustomer(store, caller, id)))
          throw new Problem('not_found', 'no such customer');
        const asked = pageRequest(query);
        return { body: listed(await listWallets(store.pool, caller, id, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/wallets/{id}',
      summary: 'Read a wallet',
      key: 'none',
      status: 200,
      answers: walletAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => ({ body: shown(await ownedWallet(store, caller, id)) }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/wallets/{id}/entries',
      summary: 'The statement of a wallet, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(walletEntry),
      refusals: ['not_found'],
      handle: async ({ caller, id, query }) => {
        await ownedWallet(store, caller, id);
        const asked = pageRequest(query);
        return { body: listed(await listEntries(store.pool, id, asked), asked, entered) };
      },
    }),
  ];
}

/** The caller's wallet, or 404: another merchant's does not exist for it. */
export async function ownedWallet(store: Store, caller: Caller, id: string): Promise<Wallet> {
  const found = await findWallet(store.pool, caller, id);
  if (!found) throw new Problem('not_found', 'no such wallet');
  return found;
}

function shown(one: Wallet): object {
  const { id, customer_id, currency, balance, held, livemode, created_at, updated_at } = one;
  const available = subtract(balance, held);
  return { id, object: 'wallet', customer: customer_id, currency, balance, held, available, livemode, created_at, updated_at }; // prettier-ignore
}

function entered({ reason, wallet_id, ...entry }: WalletEntry): object {
  const type = reason in entryTypeOf ? entryTypeOf[reason as keyof typeof entryTypeOf] : null;
  if (type === null) throw new Error(`bug: ${reason} moved ${wallet_id}`);
  return { ...entry, object: 'wallet_entry', wallet: wallet_id, type };
}
