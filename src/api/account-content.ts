import type { Channel } from '../channels/channel.ts';
import { WrongSettings } from '../channels/settings.ts';
import { isAllowedTarget } from '../domain/egress.ts';
import type { Content } from '../store/account-version.ts';
import { offerOf } from './offer.ts';
import { pointerOf } from './parsing.ts';
import type { FieldError, ProblemCode } from './problem.ts';

type Given = { readonly [Name in keyof Content]?: Content[Name] | undefined };

/** The newest version with what is given in its place: in the settings a member stays unless it is named, null removes it. */
export function merged(last: Content, given: Given): Content {
  const members = Object.entries({ ...last.settings, ...given.settings });
  const { methods = last.methods, currencies = last.currencies, fees = last.fees } = given;
  return {
    settings: Object.fromEntries(members.filter(([, value]) => value !== null)),
    methods,
    currencies,
    fees,
  };
}

/** Everything that is wrong with what an account of this channel is to hold; no value of a setting is shown. */
export function contentErrors(channel: Channel, given: Given, livemode: boolean): FieldError[] {
  const { settings, methods = null, currencies = null } = given;
  const all = offerOf(channel, { methods: null, currencies: null });
  const offered = offerOf(channel, { methods, currencies: null });
  return [
    ...(settings ? settingsErrors(channel, settings, livemode) : []),
    ...foreign('methods', methods, Object.keys(all), 'method_not_supported'),
    ...foreign('currencies', currencies, Object.values(offered).flat(), 'currency_not_supported'),
  ];
}

function foreign(
  name: string,
  given: readonly string[] | null,
  known: readonly string[],
  code: ProblemCode,
): FieldError[] {
  const allowed = [...new Set(known)].join(', ');
  return (given ?? []).flatMap((one, index) => {
    if (known.includes(one)) return [];
    const detail = `'${one}' is not one of the channel's: ${allowed}`;
    return [{ pointer: `/${name}/${index}`, code, detail }];
  });
}

function settingsErrors(channel: Channel, settings: object, livemode: boolean): FieldError[] {
  const wrong = (path: readonly string[], detail: string): FieldError => ({
    pointer: pointerOf(['settings', ...path]),
    code: 'invalid_settings',
    detail,
  });
  try {
    const account = channel.parseAccount(settings);
    const isLive = channel.isLive?.(account) ?? livemode;
    if (isLive === livemode) return [];
    const [kind, wanted] = isLive ? ['live', 'test'] : ['test', 'live'];
    return [wrong([], `keys of a ${kind} account; this one is ${wanted}`)];
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    return error.members.map(({ path, detail }) => wrong(path, detail));
  }
}

/** For which money the account is, and which addresses the operator lets test accounts call. */
interface Terms {
  readonly livemode: boolean;
  readonly egressAllow: readonly string[];
}

/** Is this the vendor's host? `*` stands for one prefix of letters, digits and dashes. */
function isOf(vendors: string, host: string): boolean {
  if (!vendors.startsWith('*')) return host === vendors;
  const rest = vendors.slice(1);
  return host.endsWith(rest) && /^[0-9a-z-]{1,63}$/.test(host.slice(0, -rest.length));
}

/**
 * What is wrong with the address that a merchant's account is to call. The channel's own hosts only: the timeline shows
 * what came back, so that any address inside our network could be read through another.
 */
export function placeErrors(
  { facts: { hosts } }: Channel,
  settings: object | undefined,
  { livemode, egressAllow }: Terms,
): FieldError[] {
  const given = (settings as { base_url?: unknown } | undefined)?.base_url;
  if (typeof given !== 'string' || !URL.canParse(given)) return []; // left out, or said by the channel
  const url = new URL(given);
  const isBare = url.username === '' && url.password === '';
  const isVendors = url.protocol === 'https:' && hosts.some((host) => isOf(host, url.host));
  if (isBare && (isVendors || (!livemode && isAllowedTarget(url, egressAllow)))) return [];
  const theirs = hosts.length > 0 ? hosts.join(', ') : 'it has none that is everybody’s, so an operator makes its accounts'; // prettier-ignore
  const test = livemode ? '' : ', or for a test account what EGRESS_ALLOW lists';
  const detail = `must be https at a host of the channel (${theirs})${test}`;
  return [{ pointer: '/settings/base_url', code: 'invalid_settings', detail }];
}
