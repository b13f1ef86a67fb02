import { z } from 'zod';

import { parserOf } from '../settings.ts';

const shape = z.strictObject({});

/** The books need no key: an account only says that a merchant's customers may pay out of their wallets. */
export type Account = z.infer<typeof shape>;

export const parseAccount = parserOf('balance', shape);
