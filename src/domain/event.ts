/** What may happen to each thing that merchants are told of (contract section 5); null where the list is still open. */
const catalogue: Readonly<Record<string, readonly string[] | null>> = {
  payment: [
    'created', 'requires_payment_method', 'in_review', 'requires_action', 'processing', 'requires_capture',
    'partially_captured', 'canceling', 'succeeded', 'failed', 'canceled', 'late_receipt', 'duplicate_receipt', 'conflict',
  ],
  refund: ['processing', 'succeeded', 'failed', 'needs_attention'],
  dispute: ['opened', 'updated', 'won', 'lost'],
  payout: null,
  settlement: null,
  case: ['opened'],
}; // prettier-ignore

/** What a webhook endpoint may ask for: one type, all types of a thing (`payment.*`), or all (`*`). */
export function isEventPattern(text: string): boolean {
  if (text === '*') return true;
  const [thing = '', happening = '', ...rest] = text.split('.');
  if (rest.length > 0 || !Object.hasOwn(catalogue, thing)) return false;
  return (
    happening === '*' || (catalogue[thing]?.includes(happening) ?? /^[a-z_]+$/.test(happening))
  );
}

/** Can an event be of this type? */
export function isEventType(text: string): boolean {
  return !text.endsWith('*') && isEventPattern(text);
}

/** Does one of these patterns ask for events of this type? */
export function isWanted(type: string, patterns: readonly string[]): boolean {
  const all = `${type.slice(0, type.indexOf('.'))}.*`;
  return patterns.some((pattern) => pattern === '*' || pattern === type || pattern === all);
}
