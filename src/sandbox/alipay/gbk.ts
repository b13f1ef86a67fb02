/** Every two bytes of GBK, by the character that they are. */
function table(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk');
  const codes = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd' && !codes.has(character))
        codes.set(character, (lead << 8) | trail);
    }
  return codes;
}

let codes: ReadonlyMap<string, number> | null = null;

/** The text in GBK, as Alipay writes its bills; what GBK has not is a question mark. */
export function gbk(text: string): Buffer {
  codes ??= table();
  const bytes: number[] = [];
  for (const character of text) {
    const code = codes.get(character) ?? (character < '\x80' ? character.charCodeAt(0) : 0x3f);
    bytes.push(...(code > 0xff ? [code >> 8, code & 0xff] : [code]));
  }
  return Buffer.from(bytes);
}
