/** The workflows of this build: what the bundle exports. */
export { payment } from './payment.ts';
