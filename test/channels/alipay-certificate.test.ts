import { conformant } from './alipay/conformant.ts';
import { certifiedSettingsOf } from './alipay/settings.ts';
import { channelContract } from './conformance.ts';

channelContract({ ...conformant, settings: certifiedSettingsOf });
