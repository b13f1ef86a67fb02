import { type ChannelName, channelNames } from '../sandbox/channel.ts';

/** Where a sandbox and the channels that it plays are. */
export interface SandboxAddress {
  readonly control: string;
  readonly channels: Readonly<Record<ChannelName, string>>;
}

/** The option that says where the sandbox plays a channel: `wechat-pay-port`. */
export function portOption(channel: ChannelName): string {
  return `${channel}-port`;
}

/**
 * Where the sandbox of this control address has its channels. Throws an Error with one line that names what is wrong.
 *
 * @param control an http URL, like `http://sandbox:8090`
 * @param ports by their option, those of its channels that are not the next ones (the sandbox's own rule)
 */
export function sandboxAt(
  control: string,
  ports: Readonly<Record<string, string | undefined>>,
): SandboxAddress {
  const { hostname, port } = httpUrl(control);
  const first = Number(port || 80);
  const at = (number: number) => `http://${hostname}:${number}`;
  return sandboxOf(at(first), (channel, index) =>
    at(portOf(portOption(channel), ports, first + 1 + index)),
  );
}

/** A sandbox with each of its channels where `of` says. */
export function sandboxOf(
  control: string,
  of: (channel: ChannelName, index: number) => string,
): SandboxAddress {
  const channels = channelNames.map((channel, index) => [channel, of(channel, index)]);
  return { control, channels: Object.fromEntries(channels) as SandboxAddress['channels'] };
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:') return url;
  throw new Error(`--sandbox must be an http URL, like http://sandbox:8090, not '${text}'`);
}

function portOf(
  name: string,
  ports: Readonly<Record<string, string | undefined>>,
  next: number,
): number {
  const text = ports[name] ?? String(next);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new Error(`--${name} must be between 1 and 65535, not '${text}'`);
}
