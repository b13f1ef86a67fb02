import { type ChannelAccount, listAccounts } from '../store/channel-account.ts';
import { channelAccount, listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { listed, pageRequest } from './page.ts';

/** `/v1/channel_accounts`: what this key's payments may use, and where its channels call back (contract section 4). */
export function channelAccountEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store, channelFor, config } = dependencies;
  const shown = ({ id, channel, livemode }: ChannelAccount) => {
    const methods = channelFor(channel)?.facts.methods ?? {};
    return {
      id,
      object: 'channel_account',
      channel,
      methods: Object.keys(methods),
      currencies: [...new Set(Object.values(methods).flat())],
      livemode,
      callback_url: `${config.publicUrl}/v1/callbacks/${channel}/${id}`,
    };
  };
  return [
    endpoint({
      method: 'get',
      path: '/v1/channel_accounts',
      summary: 'List channel accounts, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(channelAccount),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listAccounts(store.pool, caller, asked), asked, shown) };
      },
    }),
  ];
}
