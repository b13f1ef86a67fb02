import { conformant } from './alipay/conformant.ts';
import { channelContract } from './conformance.ts';

channelContract(conformant);
