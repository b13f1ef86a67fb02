import type { z } from 'zod';

import type { HttpReply } from './exchange.ts';

/** The text as JSON of this shape, or null. */
export function read<T>(shape: z.ZodType<T>, text: string): T | null {
  try {
    const parsed = shape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** At most so many characters by either way of counting, code points or UTF-16 units, and never half of one. */
export function atMost(most: number, text: string): string {
  return cut(most, text, (character) => character.length);
}

/** At most so many bytes of UTF-8, and never a part of a character. */
export function atMostBytes(most: number, text: string): string {
  return cut(most, text, (character) => Buffer.byteLength(character));
}

function cut(most: number, text: string, sizeOf: (character: string) => number): string {
  let [kept, size] = ['', 0];
  for (const character of text) {
    size += sizeOf(character);
    if (size > most) break;
    kept += character;
  }
  return kept;
}

/** Is it base64, strictly? `Buffer.from` skips what it cannot read. */
export function isBase64(text: string): boolean {
  return text.length > 0 && Buffer.from(text, 'base64').toString('base64') === text;
}

/** What a reply says, also where it was asked for as a file. */
export function textOf({ file, body }: Extract<HttpReply, { readonly kind: 'reply' }>): string {
  return file ? file.toString() : body;
}
