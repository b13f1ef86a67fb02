/** The payer's browser, as his bank wants to know it before it asks him to prove himself (EMV 3-D Secure, "browser information"). */
export interface Browser {
  readonly user_agent: string;
  readonly accept_header: string;
  /** IETF BCP 47, as `navigator.language` says it. */
  readonly language: string;
  /** Bits per pixel. */
  readonly color_depth: number;
  /** In pixels. */
  readonly screen_height: number;
  readonly screen_width: number;
  /** Minutes from his time to UTC, as `getTimezoneOffset` says it: less than zero in the east. */
  readonly time_zone_offset: number;
  readonly java_enabled: boolean;
}

/** From where the payer pays: his browser, and its address. */
export interface Whence {
  readonly browser?: Browser | undefined;
  readonly payer_ip?: string | undefined;
}

/** No token of a method has a NUL: what begins with one is a token and from where it came. */
const mark = '\0';

/** A token with from where it came, as one text: sealed, kept and forgotten with it. */
export function withWhence(token: string, { browser, payer_ip }: Whence): string {
  if (!browser && payer_ip === undefined) return token;
  return mark + JSON.stringify({ token, browser, payer_ip });
}

/** The token, and from where it came, of such a text. */
export function whenceOf(text: string): Whence & { readonly token: string } {
  if (!text.startsWith(mark)) return { token: text };
  return JSON.parse(text.slice(mark.length)) as Whence & { readonly token: string };
}
