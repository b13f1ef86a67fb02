/**
 * A number as the books and the control API name it. UnionPay takes letters and digits only, so the merchant leaves out
 * the line of his own numbers: `att01m8…` on the wire is `att_01m8…` to whoever steers the sandbox (contract section 7),
 * as at every other channel. A number that is none of his stays as it is.
 *
 * @param orderId as it goes over the wire
 */
export function nameOf(orderId: string): string {
  return orderId.replace(/^(att|ref)(?=[0-9a-z]{26}$)/, '$1_');
}
