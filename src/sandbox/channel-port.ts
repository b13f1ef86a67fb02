import { z } from 'zod';

import { type ChannelName, channelNames } from './channel.ts';

/** A port as a setting says it. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value > 0 && value < 65_536, 'must be between 1 and 65535');

/** The setting that says where a channel listens: `SANDBOX_WECHAT_PAY_PORT`. */
export function portSetting(channel: ChannelName): string {
  return `SANDBOX_${channel.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** The settings that say where channels listen, each by its name. */
export const portSettings = z.object(
  Object.fromEntries(channelNames.map((channel) => [portSetting(channel), port.optional()])),
);

/**
 * Where each channel listens: where its setting says, else at the next port after SANDBOX_PORT, in the order of
 * `channelNames`. Throws an Error that names the setting when no port is left.
 *
 * @param first SANDBOX_PORT
 * @param given ports by the name of their setting
 */
export function channelPorts(
  first: number,
  given: Readonly<Record<string, number | undefined>>,
): Record<ChannelName, number> {
  const ports = channelNames.map((channel, index) => {
    const port = given[portSetting(channel)] ?? first + 1 + index;
    if (port > 65_535)
      throw new Error(
        `${portSetting(channel)} must be set: SANDBOX_PORT + ${index + 1} is no port`,
      );
    return [channel, port];
  });
  return Object.fromEntries(ports) as Record<ChannelName, number>;
}
