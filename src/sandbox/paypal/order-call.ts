import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import { planDeath } from './approval.ts';
import { about, type Asked, livingOrder, type Routed, shown, withParameters } from './call.ts';
import { bouncing, chargedOf, take, whole } from './capture.ts';
import { hold } from './hold.ts';
import { freshId, type Order, type PaypalOptions, saveOrder } from './order.ts';
import { type CreateRequest, createRequest, emptyRequest, payable } from './parameters.ts';
import { wireOrder } from './wire.ts';
import { channel, invalid, missing, unprocessable } from './wording.ts';

/**
 * `POST /v2/checkout/orders`: moves no money, and is the `create` all the same, for the payer acts next. With a
 * payment source it answers 200, as PayPal's own tests of its SDK have it.
 */
export function createCall(request: Asked): Routed {
  return withParameters(createRequest, request, (given) => {
    if (given.payment_source && !request.isKeyed) return { refused: keyless };
    const [unit] = given.purchase_units;
    const amount = payable(unit.amount, "/purchase_units/@reference_id=='default'/amount/value");
    if ('refused' in amount) return amount;
    return about(null, {
      operation: 'create',
      references: [unit.custom_id ?? unit.invoice_id ?? ''],
      names_amount: request.isFull,
      latest: (id) => answerAbout(request, id),
      commit: () => {
        const order = made(request.options, given, amount.minor);
        saveOrder(request.options.books, order);
        planDeath(request.options, order);
        return { status: given.payment_source ? 200 : 201, body: shown(request, order) };
      },
    });
  });
}

/** PayPal's page of errors of Orders v2: what pays an order must come under a key. */
const keyless = invalid({
  issue: 'PAYPAL_REQUEST_ID_REQUIRED',
  description: 'A PayPal-Request-Id is required if you are trying to process payment for an Order.',
});

/** Who repeats an order's request id is told how it stands, with 200 also where it was 201. */
function answerAbout(request: Asked, id: string): Answer {
  const order = livingOrder(request.options, id);
  return order ? { status: 200, body: shown(request, order) } : missing();
}

function made({ orderMs }: PaypalOptions, given: CreateRequest, amount: number): Order {
  const { intent, payment_source } = given;
  const [unit] = given.purchase_units;
  const id = freshId();
  const now = clock.now();
  const context = payment_source?.paypal.experience_context;
  return {
    id,
    reference: unit.custom_id ?? unit.invoice_id ?? id,
    created_at: now,
    updated_at: now,
    intent,
    status: payment_source ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    amount,
    currency: unit.amount.currency_code,
    reference_id: unit.reference_id,
    custom_id: unit.custom_id ?? null,
    invoice_id: unit.invoice_id ?? null,
    description: unit.description ?? null,
    return_url: context?.return_url ?? null,
    cancel_url: context?.cancel_url ?? null,
    expires_at: now + orderMs,
    is_dead: false,
    declines: null,
    pends: null,
    authorization: null,
    captures: [],
  };
}

/** `GET /v2/checkout/orders/{id}`. */
export function queryCall({ options, id }: Asked): Routed {
  const known = livingOrder(options, id);
  if (!known) return { refused: missing() };
  const commit = () => {
    const order = livingOrder(options, id);
    return order ? { status: 200, body: wireOrder(options, order) } : missing();
  };
  return about(known, { operation: 'query', commit });
}

/** `POST …/capture`: takes all that the payer has approved. */
export function captureCall(request: Asked): Routed {
  return proceed(request, 'CAPTURE', (order, faults) => {
    const part = { ...whole(order), ...bouncing(faults) };
    return take(request.options, order, part).order;
  });
}

/** `POST …/authorize`: holds it. For faults this is a `capture`, too: it turns approval into a claim. */
export function authorizeCall(request: Asked): Routed {
  return proceed(request, 'AUTHORIZE', (order) => hold(request.options, order));
}

function proceed(
  request: Asked,
  intent: Order['intent'],
  act: (order: Order, faults: ReadonlySet<FaultName>) => Order,
): Routed {
  const { options, id } = request;
  return withParameters(emptyRequest, request, () => {
    const known = livingOrder(options, id);
    if (!known) return { refused: missing() };
    return about(known, {
      operation: 'capture',
      latest: (made) => answerAbout(request, made),
      commit: (faults) => {
        const order = livingOrder(options, id);
        if (!order) return missing();
        const refused = notNow(options, order, intent);
        if (refused) return refused;
        violateIfCharged(options, order);
        return { status: 201, body: shown(request, act(order, faults)) };
      },
    });
  });
}

/** One number of the merchant is one payment: a second order under it charges the payer twice. */
function violateIfCharged({ books }: PaypalOptions, { id, reference }: Order): void {
  const other = chargedOf(books.find(channel, reference), id);
  if (other)
    books.violate(channel, reference, 'reference_charged_twice', `${other.id}, and now ${id}`);
}

function notNow(options: PaypalOptions, order: Order, intent: Order['intent']): Answer | null {
  const { id, status, declines, reference, invoice_id } = order;
  if (order.intent !== intent) return unprocessable('ACTION_DOES_NOT_MATCH_INTENT');
  if (status === 'COMPLETED')
    return unprocessable(
      intent === 'CAPTURE' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED',
    );
  if (status !== 'APPROVED') return unprocessable('ORDER_NOT_APPROVED');
  if (invoice_id !== null && chargedOf(options.books.find(channel, reference), id))
    return unprocessable('DUPLICATE_INVOICE_ID');
  if (declines === null) return null;
  const cashier = `${options.origin}/checkoutnow?token=${id}`;
  const rel = declines === 'PAYER_ACTION_REQUIRED' ? 'payer-action' : 'redirect';
  return unprocessable(declines, {}, [{ href: cashier, rel, method: 'GET' }]);
}
