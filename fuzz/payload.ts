/** Strings that mean something to somebody downstream; to us they are text (faults.md section 6, injection lists). */
export const payloads: Readonly<Record<string, readonly string[]>> = {
  sql: [
    `'`, `"`, `\\`, `' or '1'='1`, `'or/**/1=1--`, `1;drop/**/table/**/payments--`, `'); delete from payments; --`, `$1`, `$$`,
    `%`, `_`, `\\'--`, `'||pg_sleep(10)||'`, `1 union select null,hash from api_keys`, `{}`, `{"a","b"}`, `null`, `E'\\\\x27'`,
  ],
  operators: [`{"$gt":""}`, `[$ne]`, `{"$where":"sleep(9999)"}`, `$gt`, `||1==1`, `*)(uid=*`, `;id`, '`id`', `$(id)`, `|id`, `&&id`],
  lines: ['a\r\nX-Injected: 1', 'a\nb', 'a\rb', 'a\u2028b', 'a\u2029b', 'a\u0085b', '\r\n\r\n<html>', 'a\u001b[31mred', 'a\u009b2J', '\u0007\u0008', '\u007f'],
  template: ['{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', '{{constructor.constructor("return process")()}}', '%s%s%n', '{0}', '${jndi:ldap://127.0.0.1/a}'],
  path: ['../../../etc/passwd', '..\\..\\windows', '/etc/passwd', 'file:///etc/passwd', '%2e%2e%2f', '%00', '.', '..', 'CON'],
  markup: ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', 'javascript:alert(1)', '<!--', ']]>', '&lt;'],
  formula: ['=1+1', '+1', '-1+cmd', '@SUM(A1)', '=HYPERLINK("http://127.0.0.1")', '\t=1'],
  unicode: [
    'аdmin', 'ａｄｍｉｎ', 'ﬀ', 'İ', 'ſ', '\u202egnp.exe', '\u2066a\u2069', '\u200bzero', '\ufeff', '\ufffd', '\uffff', 'e\u0301', '👩‍👩‍👧‍👦',
    'Z͑ͫ̓ͪ̂ͫ̽͏', '\ue000', '\u{10ffff}', '１２３',
  ],
  names: ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'undefined', 'NaN', 'true', 'length'],
}; // prettier-ignore

/** All of them, once each. */
export const everyPayload: readonly string[] = [...new Set(Object.values(payloads).flat())];
