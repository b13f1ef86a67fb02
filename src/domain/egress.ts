/**
 * Where webhooks may go: public https targets, and what the operator lists in EGRESS_ALLOW. A URL from a merchant
 * is an address inside our network until shown otherwise (OWASP API7).
 */

/** Why this URL may not be a target, or null. @param allow `host:port` and `host:*`; empty for live keys */
export function refusalOfTarget(url: URL, allow: readonly string[]): string | null {
  if (url.username !== '' || url.password !== '') return 'credentials in the URL';
  if (isAllowedTarget(url, allow)) return null;
  if (url.protocol !== 'https:') return 'not https';
  const host = hostOf(url);
  if (isAddress(host)) return isPublicAddress(host) ? null : 'a private or loopback address';
  return isPrivateName(host) ? 'a name of a private network' : null;
}

/** Does the operator let webhooks go there, whatever its address? */
export function isAllowedTarget(url: URL, allow: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const host = url.hostname.replace(/\.$/, '');
  return allow.some((one) => one === `${host}:${port}` || one === `${host}:*`);
}

/** The host without brackets and without the root's dot, as a resolver takes it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** An IP address; a URL has its numbers in plain form already (`0x7f.1` reads `127.0.0.1`). */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function isPrivateName(host: string): boolean {
  return !host.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(host);
}

// The special-purpose registries of IANA: https://www.iana.org/assignments/iana-ipv4-special-registry
const special: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
]; // prettier-ignore

/** Is this address one of the public internet? Anything that is not surely one, is none. */
export function isPublicAddress(address: string): boolean {
  if (address.includes(':')) return isPublicV6(address);
  const number = numberOf(address);
  return !special.some(([base, bits]) => number >> (32n - BigInt(bits)) === numberOf(base) >> (32n - BigInt(bits))); // prettier-ignore
}

function numberOf(v4: string): bigint {
  return v4.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/**
 * Global unicast (2000::/3) without what carries or hides another address: Teredo and other protocols (2001::/23),
 * 6to4 (2002::/16), documentation. That leaves out ::1, fc00::/7, fe80::/10, ::ffff:0:0/96 and 64:ff9b::/96.
 */
function isPublicV6(address: string): boolean {
  const [first = 0, second = 0] = groupsOf(address);
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001 && (second < 0x0200 || second === 0x0db8)) return false;
  return first !== 0x2002 && first !== 0x3fff;
}

/** The first groups of 16 bits; none for what is no address. */
function groupsOf(address: string): number[] {
  const url = `http://[${address}]`;
  if (!URL.canParse(url)) return [];
  const [head = ''] = new URL(url).hostname.slice(1, -1).split('::');
  return head === '' ? [] : [...head.split(':').map((group) => parseInt(group, 16)), 0];
}
