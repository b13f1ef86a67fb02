/** Where a sandbox and the channels that it plays are. */
export interface SandboxAddress {
  readonly control: string;
  readonly wechatPay: string;
  readonly stripe: string;
  readonly alipay: string;
}

type ChannelPort = 'wechat-pay-port' | 'stripe-port' | 'alipay-port';
type ChannelPorts = Readonly<Partial<Record<ChannelPort, string>>>;

/**
 * Where the sandbox of this control address has its channels. Throws an Error with one line that names what is wrong.
 *
 * @param control an http URL, like `http://sandbox:8090`
 * @param ports those of its channels where they are not the next three (the sandbox's own rule)
 */
export function sandboxAt(control: string, ports: ChannelPorts): SandboxAddress {
  const { hostname, port } = httpUrl(control);
  const first = Number(port || 80);
  const at = (number: number) => `http://${hostname}:${number}`;
  return {
    control: at(first),
    wechatPay: at(portOf('wechat-pay-port', ports, first + 1)),
    stripe: at(portOf('stripe-port', ports, first + 2)),
    alipay: at(portOf('alipay-port', ports, first + 3)),
  };
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:') return url;
  throw new Error(`--sandbox must be an http URL, like http://sandbox:8090, not '${text}'`);
}

function portOf(name: ChannelPort, ports: ChannelPorts, next: number): number {
  const text = ports[name] ?? String(next);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new Error(`--${name} must be between 1 and 65535, not '${text}'`);
}
