import { escaped } from './html.ts';
import type { Face } from './test-card.ts';

/** What is wrong with each field. */
export type Complaints = Partial<Record<'number' | 'expiry' | 'cvc' | 'return_url', string>>;

/** What is handed to the merchant instead of a number. */
export type CardToken = Face & { readonly token: string };

/**
 * The empty form, with what was wrong with the last one.
 *
 * @param home where the payer goes from here
 */
export function form(home: string | undefined, complaints: Complaints): string {
  const back = home === undefined ? '' : `<input type="hidden" name="return_url" value="${escaped(home)}">`; // prettier-ignore
  const told = complaints.return_url === undefined ? '' : alert(`return_url ${complaints.return_url}`); // prettier-ignore
  return `${told}<form method="post" action="/card">${back}${input('number', 'Card number', 'cc-number', '4242 4242 4242 4242', complaints)}${input('expiry', 'Expiry', 'cc-exp', 'MM / YY', complaints)}${input('cvc', 'Security code', 'cc-csc', '123', complaints)}<button>Use this card</button></form>`;
}

function input(
  name: keyof Complaints,
  label: string,
  autocomplete: string,
  placeholder: string,
  complaints: Complaints,
): string {
  const wrong = complaints[name];
  const told = wrong === undefined ? '' : alert(`${label} ${wrong}`);
  return `<label>${label}<input name="${name}" autocomplete="${autocomplete}" inputmode="numeric" placeholder="${placeholder}" required${wrong === undefined ? '' : ' aria-invalid="true"'}></label>${told}`;
}

function alert(text: string): string {
  return `<p role="alert">${escaped(text)}</p>`;
}

/** What a payer sees who is sent nowhere. */
export function result({ token, brand, last4 }: CardToken): string {
  const method = JSON.stringify({ type: 'card', token });
  return `<p>${brand} ending in ${last4}: <code>${token}</code></p><p>The merchant sends <code>${escaped(method)}</code> as <code>method</code> of a payment.</p><p><a href="/card">Another card</a></p>`;
}
