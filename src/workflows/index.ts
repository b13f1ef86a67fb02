/** The workflows of this build: what the bundle exports. */
export { delivery } from './delivery.ts';
export { payment } from './payment.ts';
