import type { Call } from '../../src/channels/channel.ts';
import type { HttpReply, HttpRequest } from '../../src/channels/exchange.ts';

/** For this account at this time: a call that is answered so, the last reply for ever, and what it sent. */
export function answeringAs<Account>(account: Account, now: Date) {
  return (...replies: HttpReply[]): Call<Account> & { requests: HttpRequest[] } => {
    const requests: HttpRequest[] = [];
    const send = (request: HttpRequest) => {
      requests.push(request);
      return Promise.resolve(replies[Math.min(requests.length, replies.length) - 1]!);
    };
    return { account, send, now: () => now, requests };
  };
}
