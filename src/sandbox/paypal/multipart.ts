/**
 * The JSON of a request that may bring files: the part `input`; the files themselves are passed over.
 *
 * @param type `Content-Type`
 * @param text the body
 */
export function inputOf(type: string | undefined, text: string): string {
  const [, boundary] = /^multipart\/[\w-]+;.*boundary="?([^";]+)/.exec(type ?? '') ?? [];
  if (boundary === undefined) return text;
  const parts = text.split(`--${boundary}`).map((part) => part.split('\r\n\r\n'));
  const input = parts.find(([head = '']) => /name="?input"?/.test(head));
  return input?.slice(1).join('\r\n\r\n').trim() ?? '';
}
