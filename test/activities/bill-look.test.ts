import { compared } from '../../src/activities/bill.ts';
import { askAll, createBillLook } from '../../src/activities/bill-look.ts';
import type { BillDay } from '../../src/channels/bill.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { wechatPay } from '../../src/channels/wechat-pay/channel.ts';
import type { BillAnswer, BillRow } from '../../src/domain/bill.ts';
import { toMinor } from '../../src/domain/money.ts';
import { countFindings, openFindings } from '../../src/store/bill-finding.ts';
import { drawId } from '../../src/store/id.ts';
import { record } from '../../src/store/record.ts';
import { insertReport } from '../../src/store/report.ts';
import type { Store } from '../../src/store/store.ts';
import { Shop, times } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny, paid } from '../support/payment.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let database: Database;
let shop: Shop;
let store: Store;
let ahead = 0;

/** What the channel was asked for, and what it answers: its last answer for ever. */
const asked: BillDay[] = [];
let answers: BillAnswer[] = [];
/** Whose actors were told to ask. */
const told: string[] = [];
/** Those whose actors cannot be told. */
let deaf: (paymentId: string) => boolean = () => false;

const channel: Channel = {
  ...(wechatPay as Channel),
  parseAccount: () => ({}),
  bill: (_call, day) => {
    asked.push(day);
    return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]!);
  },
};

beforeAll(async () => {
  ahead = night();
  database = await openDatabase();
  store = database.open({ clockOffsetMs: () => ahead });
  shop = await Shop.open(store);
});
afterAll(() => database.close());
beforeEach(async () => {
  ahead = night();
  deaf = () => false;
  for (const list of [asked, told]) list.length = 0;
  await store.pool.query('delete from bills; delete from bill_findings');
});

/** One look at all that is due, so much later. */
async function look(ms: number): Promise<void> {
  ahead += ms;
  const ask = (id: string) =>
    deaf(id) ? Promise.reject(new Error('no worker')) : Promise.resolve(void told.push(id));
  await createBillLook({ store, channels: [channel], ask })(new AbortController().signal);
}

/** The tests begin in the night, so that none of them ends on another day in Shanghai than it began on. */
const night = () => Math.ceil((Date.now() + 8 * hourMs) / dayMs) * dayMs - 6 * hourMs - Date.now();
const now = () => new Date(Date.now() + ahead + 8 * hourMs);
const today = () => now().toISOString().slice(0, 10);
/** Until the bill of the first day is ready, before that of the second is. */
const untilReady = () => Date.parse(today()) + dayMs + 10 * hourMs + 60_000 - now().getTime();
const bills = async () => (await store.pool.query('select * from bills order by day')).rows;
const row = (reference: string, given: Partial<BillRow> = {}): BillRow => ({ kind: 'payment', reference, direction: 'in', fee: null, at: '2026-11-29T10:00:00.000Z', channel_reference: '4200', amount: toMinor(1_999), currency: cny, ...given }); // prettier-ignore
const billOf = (...rows: BillRow[]): BillAnswer => ({ kind: 'bill', rows });

test('nothing is owed of the days before an account was made, nor of the day that is not over', async () => {
  await look(0);
  await look(untilReady() - 120_000);
  expect([asked, await bills()]).toEqual([[], []]);
});

test('each day is looked at once it is ready, once', async () => {
  answers = [billOf()];
  const day = today();
  await look(untilReady());
  expect(asked).toMatchObject([{ day, flow: 'trade' }]);
  await look(60_000);
  expect(asked).toHaveLength(1);
  await look(dayMs);
  expect(asked).toHaveLength(2);
  expect(await bills()).toMatchObject([{ outcome: 'bill', look_at: null }, { outcome: 'bill', look_at: null }]); // prettier-ignore
});

test('two workers look at one bill once', async () => {
  answers = [billOf()];
  await Promise.all([look(untilReady()), look(0)]);
  expect(asked).toHaveLength(1);
});

test('after a stop of weeks the last seven days are made up for', async () => {
  answers = [billOf()];
  await look(untilReady() + 20 * dayMs);
  expect(new Set(asked.map(({ day }) => day)).size).toBe(7);
});

test('where a channel reports, it is asked with the reports of the day and the last ones before', async () => {
  answers = [billOf()];
  const day = today();
  const account = (await shop.canceled()).attempts[0]!.channel_account;
  const cameOut = async (name: string, hours: number) => {
    ahead += hours * hourMs;
    await insertReport(store.pool, account, name);
    ahead -= hours * hourMs;
  };
  for (const [name, hours] of [['before', -24], ['of it', 1], ['of it too', 2], ['after', 24]] as const)
    await cameOut(name, hours);
  await look(untilReady());
  expect(asked).toMatchObject([{ day, reports: { names: ['of it', 'of it too'], before: ['before'] } }]);
}); // prettier-ignore

test('a bill that this build cannot read is left to a worker that can', async () => {
  answers = [billOf()];
  const { bill: _, ...unread } = channel;
  const ask = () => Promise.resolve();
  ahead += untilReady();
  await createBillLook({ store, channels: [unread], ask })(new AbortController().signal);
  expect([asked, await bills()]).toMatchObject([[], [{ looks: 0, outcome: null }]]);
  await look(60_000);
  expect(await bills()).toMatchObject([{ outcome: 'bill', look_at: null }]);
});

describe('what a bill says was paid', () => {
  test('and nobody here has heard of is asked about, once for each payment, and again while it stays so', async () => {
    const payment = await shop.canceled();
    const { id } = payment.attempts[0]!;
    answers = [billOf(row(id), row(id, { channel_reference: 'another' }), row('att_of_nobody'))];
    await look(untilReady());
    expect(told).toEqual([payment.id]);
    expect(await bills()).toMatchObject([{ findings: { unheard: 2, foreign: 1, known: 0 } }]);
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
    const ofThatDay = asked.filter(({ day }) => day === asked[0]!.day);
    expect([ofThatDay.length, new Set(told)]).toEqual([4, new Set([payment.id])]);
  });

  test('under a payment that was never made here, as a restored store says, goes back', async () => {
    const { id, attempts } = await shop.canceled();
    answers = [billOf(row(attempts[0]!.id))];
    await look(untilReady());
    for (const cause of told)
      await record(store, cause, { cause, fact: { kind: 'command', command: { name: 'sync' } } });
    await shop.end(id, 'query', paid());
    expect((await shop.load(id)).refunds).toMatchObject([{ origin: 'late', amount: 1_999 }]);
  });

  test('and is known is asked about by nobody', async () => {
    const payment = await shop.withCode();
    await shop.pay(payment.id);
    const [attempt] = (await shop.load(payment.id)).attempts;
    const [receipt] = attempt!.receipts;
    answers = [billOf(row(attempt!.id, { ...receipt! }))];
    await look(untilReady());
    expect([told, await bills()]).toMatchObject([[], [{ findings: { known: 1 }, look_at: null }]]);
  });

  test('in another amount than here is told, and asked about by nobody', async () => {
    const payment = await shop.withCode();
    await shop.pay(payment.id);
    const [attempt] = (await shop.load(payment.id)).attempts;
    answers = [billOf(row(attempt!.id, { ...attempt!.receipts[0]!, amount: toMinor(1) }))];
    await look(untilReady());
    expect([told, await bills()]).toMatchObject([[], [{ findings: { differs: 1 } }]]);
  });

  test('of thousands is asked about under a lease that is held as long as it takes', async () => {
    const unheard = Array.from({ length: 60 }, (_, nth) => ({ finding: 'unheard', row: row(`att_${nth}`), payment_id: `pay_${nth}` }) as const);
    let [asked, kept] = [0, 0];
    await askAll(unheard, () => Promise.resolve(void (asked += 1)), () => Promise.resolve(void (kept += 1)));
    expect([asked, kept]).toEqual([60, 2]);
  }); // prettier-ignore

  test('is asked about later when no actor could be told', async () => {
    const payment = await shop.canceled();
    answers = [billOf(row(payment.attempts[0]!.id))];
    deaf = () => true;
    await look(untilReady());
    for (let nth = 0; nth < 5; nth++) await look(31 * 60_000); // Temporal is away for longer than there are looks
    expect([told, await bills()]).toMatchObject([[], [{ outcome: 'bill', look_at: expect.any(Date) }]]); // prettier-ignore
    deaf = () => false;
    await look(31 * 60_000);
    expect(told).toEqual([payment.id]);
  });

  test('is asked about when an actor before it on the bill cannot be told', async () => {
    const [mute, other] = [await shop.canceled(), await shop.canceled()];
    answers = [billOf(row(mute.attempts[0]!.id), row(other.attempts[0]!.id, { channel_reference: '4201' }))]; // prettier-ignore
    deaf = (id) => id === mute.id;
    await look(untilReady());
    expect(told).toEqual([other.id]);
    deaf = () => false;
    await look(61 * 60_000);
    expect(told).toEqual([other.id, mute.id, other.id]);
  });
});

describe('what is not as we have it', () => {
  const open = async () =>
    (await openFindings(store.pool, 10)).map(({ finding, row, payment_id }) => ({
      finding,
      payment_id,
      number: row.channel_reference,
    }));
  const unheardOf = async () => {
    const payment = await shop.canceled();
    answers = [billOf(row(payment.attempts[0]!.id))];
    return payment;
  };
  const untilNobodyLooks = async () => {
    await look(untilReady());
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
  };

  test('is work for a person when the last look still finds it, and not before', async () => {
    const { id } = await unheardOf();
    await look(untilReady());
    expect(await open()).toEqual([]);
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
    expect(await open()).toContainEqual({ finding: 'unheard', payment_id: id, number: '4200' });
    expect(await countFindings(store.pool)).toContainEqual(expect.objectContaining({ channel: 'wechat-pay', finding: 'unheard' }));
  }); // prettier-ignore

  test('is none any more when a later look does not find it', async () => {
    await unheardOf();
    answers = [...answers, billOf()];
    await untilNobodyLooks();
    expect(await open()).toEqual([]);
  });

  test('is found once, though the bill says it twice', async () => {
    await unheardOf();
    const [bill] = answers as { kind: 'bill'; rows: BillRow[] }[];
    answers = [billOf(...bill!.rows, ...bill!.rows)];
    await look(untilReady());
    expect(await store.pool.query('select 1 from bill_findings')).toMatchObject({ rowCount: 1 });
  });

  test('twice, and is known once, is asked about and stays for a person', async () => {
    const payment = await shop.withCode();
    const reference = payment.attempts[0]!.id;
    const receipt = { channel_reference: '4200001', amount: toMinor(1_999), currency: cny };
    const at = '2026-11-29T11:00:00.000Z';
    answers = [billOf(row(reference, receipt), row(reference, { ...receipt, at }))];
    await untilNobodyLooks();
    const ours = async () => (await open()).filter(({ payment_id }) => payment_id === payment.id);
    expect(await ours()).toMatchObject([{ finding: 'unheard' }, { finding: 'unheard' }]);
    await shop.pay(payment.id);
    await look(60_000);
    await look(60_000);
    expect(await ours()).toMatchObject([{ finding: 'doubled' }]);
    told.length = 0;
    await look(dayMs);
    expect(told).toContain(payment.id); // the bill of the day after says the same
    expect(await bills()).toContainEqual(expect.objectContaining({ findings: expect.objectContaining({ known: 1, doubled: 1 }) })); // prettier-ignore
  });

  test('on the bill of another day, under another number than the capture that is known, is asked about and stays for a person', async () => {
    const payment = await shop.withCode();
    const reference = payment.attempts[0]!.id;
    const captured = { channel_reference: drawId('cap'), amount: toMinor(1_999), currency: cny, paid_at: '2026-11-29T10:00:00Z', use: 'order' };
    await store.pool.query('update attempts set receipts = $2 where id = $1', [reference, JSON.stringify([captured])]);
    const first = billOf(row(reference, { movement_reference: 'txn_1' }));
    const second = billOf(row(reference, { movement_reference: 'txn_2' }));
    answers = [first, first, second];
    await look(untilReady());
    await store.pool.query('update bills set look_at = clock_now()');
    await look(0); // the same again
    expect([asked.length, told, await bills()]).toMatchObject([2, [], [{ findings: { known: 1, doubled: 0 } }]]);
    await look(dayMs);
    expect([told, (await bills())[1]]).toMatchObject([[payment.id], { findings: { known: 0, doubled: 1 } }]);
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
    expect(await open()).toContainEqual(expect.objectContaining({ payment_id: payment.id, finding: 'doubled' }));
  }); // prettier-ignore

  test('in two workers at once, each with the bill of another day, is known to one of them', async () => {
    const payment = await shop.withCode();
    const reference = payment.attempts[0]!.id;
    const captured = { channel_reference: drawId('cap'), amount: toMinor(1_999), currency: cny };
    await store.pool.query('update attempts set receipts = $2 where id = $1', [reference, JSON.stringify([captured])]);
    const rows = times(8, (nth) => row(reference, { movement_reference: `txn_${nth}` }));
    const found = await Promise.all(rows.map((one) => compared(store, { channel_account: shop.account }, [one])));
    expect(found.filter(({ counts }) => counts.known === 1)).toHaveLength(1);
    expect(found.filter(({ counts }) => counts.doubled === 1)).toHaveLength(7);
  }); // prettier-ignore

  test('but a part of it is settled by itself when another bill tells the rest', async () => {
    const payment = await shop.withCode();
    await shop.pay(payment.id);
    const [attempt] = (await shop.load(payment.id)).attempts;
    const [receipt] = attempt!.receipts;
    const part = (amount: number, movement_reference: string) =>
      billOf(row(attempt!.id, { ...receipt!, amount: toMinor(amount), movement_reference }));
    answers = [part(1_500, 'CAP1'), part(499, 'CAP2'), billOf()];
    await look(untilReady());
    const found = { payment_id: payment.id, finding: 'differs' };
    expect(await open()).toContainEqual(expect.objectContaining(found));
    await look(dayMs);
    await look(60_000);
    expect(await open()).not.toContainEqual(expect.objectContaining(found));
  });

  test('is settled by itself once we have the same', async () => {
    const payment = await shop.withCode();
    const receipt = { channel_reference: '4200001', amount: toMinor(1_999), currency: cny };
    answers = [billOf(row(payment.attempts[0]!.id, receipt))];
    await untilNobodyLooks();
    expect(await open()).toContainEqual(expect.objectContaining({ payment_id: payment.id }));
    await shop.pay(payment.id);
    await look(60_000);
    expect(await open()).not.toContainEqual(expect.objectContaining({ payment_id: payment.id }));
  });

  test('and bears a number of our form that nobody here drew is work too; what others sell is not', async () => {
    const lost = drawId('att');
    answers = [billOf(row(lost), row('ORDER-1'), row('att_of_nobody'))];
    await look(untilReady());
    expect((await openFindings(store.pool, 10)).map((one) => one.row.reference)).toEqual([lost]);
  });
});

test.each([['on one bill'], ['on bills of two days']])(
  'a refund that bounced is asked about by nobody when its two movements stand %s',
  async (where) => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    const refund = { name: 'refund', amount: null, reason: null } as const;
    await record(store, id, { cause: drawId('evt'), fact: { kind: 'command', command: refund } });
    const said = { kind: 'refund', amount: toMinor(1_999), currency: cny, channel_reference: 'RT1' } as const; // prettier-ignore
    await shop.end(id, 'refund', { ...said, status: 'succeeded' });
    await record(store, id, { cause: drawId('evt'), fact: { kind: 'command', command: { name: 'sync' } } }); // prettier-ignore
    await shop.end(id, 'query_refund', { ...said, status: 'failed' });
    const [failed] = (await shop.load(id)).refunds;
    const out = row(failed!.id, { kind: 'refund', direction: 'out', channel_reference: 'RT1' });
    const returned: BillRow = { ...out, direction: 'in', channel_reference: 'RT1-B' };
    answers = where === 'on one bill' ? [billOf(out, returned), billOf()] : [billOf(out), billOf(returned), billOf()]; // prettier-ignore
    await look(untilReady());
    await look(dayMs);
    const counts = (await bills()).map(({ findings }) => ({ ...findings }));
    const eachKnown = where === 'on one bill' ? [2, 0] : [1, 1];
    expect([failed!.status, told]).toEqual(['failed', []]);
    expect(counts).toMatchObject(eachKnown.map((known) => ({ known, unheard: 0, differs: 0 })));
  },
);

describe('what the channel took back without a refund of ours', () => {
  const taken = async () => {
    const payment = await shop.withCode();
    await shop.pay(payment.id);
    const { id } = payment.attempts[0]!;
    answers = [billOf(row(id, { channel_reference: '4200001' }), row(id, { kind: 'reversal', direction: 'out', channel_reference: '6000' }))]; // prettier-ignore
    return payment;
  };
  const countsOf = async () => (await bills())[0].findings;

  test('is asked about, and is work for a person until he has a case of it', async () => {
    const payment = await taken();
    await look(untilReady());
    expect([await countsOf(), told]).toMatchObject([{ known: 1, unheard: 1 }, [payment.id]]);
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
    const open = async () =>
      (await openFindings(store.pool, 10)).filter(({ payment_id }) => payment_id === payment.id);
    expect(await open()).toMatchObject([{ finding: 'unheard', row: { kind: 'reversal' } }]);
    await shop.callback(payment.id, { kind: 'bounced', detail: 'PAYMENT.CAPTURE.REVERSED' });
    await look(60_000);
    expect(await open()).toEqual([]);
  }); // prettier-ignore

  test('by a dispute is known, as far as that goes', async () => {
    const payment = await taken();
    const dispute = { kind: 'dispute', channel_reference: 'PP-R-1', amount: toMinor(1_999), currency: cny, status: 'lost', channel_status: 'RESOLVED', stage: 'chargeback', reason: 'other', channel_reason: null, due_by: null, is_withdrawn: true, ordinal: 1 } as const; // prettier-ignore
    await shop.callback(payment.id, dispute);
    await look(untilReady());
    expect([await countsOf(), told]).toMatchObject([{ known: 2, unheard: 0 }, []]);
  });
});

describe('where there is no bill', () => {
  const ready = { kind: 'not_ready', detail: 'STATEMENT_CREATING' } as const;
  const lost = { kind: 'unknown', detail: 'TimeoutError' } as const;
  test.each([[ready], [lost]])('%j is asked for again, until it is there', async (answer) => {
    answers = [answer, answer, billOf()];
    await look(untilReady());
    expect(await bills()).toMatchObject([{ outcome: answer.kind, detail: answer.detail }]);
    await look(31 * 60_000);
    await look(31 * 60_000);
    expect([asked.length, await bills()]).toMatchObject([3, [{ outcome: 'bill', look_at: null }]]);
  });

  const none = { kind: 'no_bill', detail: 'NO_BILL_DATA' } as const;
  test('that nothing moved is believed when it was said twice', async () => {
    answers = [none];
    await look(untilReady());
    await look(61 * 60_000);
    expect([asked.length, await bills()]).toMatchObject([2, [{ outcome: 'no_bill', look_at: null }]]); // prettier-ignore
  });

  test.each([[ready], [lost]])(
    'that nothing moved is not believed when it was said once, after %j',
    async (answer) => {
      answers = [answer, none, billOf()];
      await look(untilReady());
      await look(31 * 60_000);
      expect(await bills()).toMatchObject([{ outcome: 'no_bill', look_at: expect.any(Date) }]);
      await look(61 * 60_000);
      expect(await bills()).toMatchObject([{ outcome: 'bill', look_at: null }]);
    },
  );

  test('what is unheard of is asked about as often when its bill came late', async () => {
    const payment = await shop.canceled();
    answers = [ready, lost, ready, billOf(row(payment.attempts[0]!.id))];
    await look(untilReady());
    for (let nth = 0; nth < 3; nth++) await look(31 * 60_000);
    for (const again of [1, 6, 17]) await look(again * hourMs + 60_000);
    const { day } = asked[0]!;
    expect(asked.filter((one) => one.day === day)).toHaveLength(3 + 4);
    expect((await bills())[0]).toMatchObject({ outcome: 'bill', look_at: null });
  });

  test('a refusal is for good', async () => {
    answers = [{ kind: 'refused', detail: 'NO_AUTH' }];
    await look(untilReady());
    expect(await bills()).toMatchObject([{ outcome: 'refused', detail: 'NO_AUTH', look_at: null }]);
  });
});
