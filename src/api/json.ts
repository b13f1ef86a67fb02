import { type Node, type ParseError, parseTree } from 'jsonc-parser';

import { type FieldError, fieldProblem, Problem } from './problem.ts';

const depthMax = 20;
const plainNumber = /^-?(0|[1-9]\d*)$/;

/**
 * Reads a request body strictly: UTF-8, one JSON object, no duplicate keys, no comments, at most 20 levels,
 * numbers in plain digits only. Throws a Problem `malformed_json`, or `invalid_field` for a number like 1e3.
 */
export function readJson(bytes: Buffer): unknown {
  const text = utf8(bytes);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  if (!root || errors.length > 0 || root.type !== 'object')
    throw new Problem('malformed_json', 'the body is not one JSON object');
  const wrong: FieldError[] = [];
  const value = valueOf(root, text, '', 0, wrong);
  if (wrong.length > 0) throw fieldProblem(wrong);
  return value;
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'the body is not UTF-8');
  }
}

function valueOf(
  node: Node,
  text: string,
  pointer: string,
  depth: number,
  wrong: FieldError[],
): unknown {
  if (depth > depthMax) throw new Problem('malformed_json', `more than ${depthMax} levels`);
  if (node.type === 'array')
    return (node.children ?? []).map((child, index) =>
      valueOf(child, text, `${pointer}/${index}`, depth + 1, wrong),
    );
  if (node.type === 'object') return objectOf(node, text, pointer, depth, wrong);
  if (node.type === 'number') {
    const written = text.slice(node.offset, node.offset + node.length);
    if (!plainNumber.test(written) || !Number.isSafeInteger(Number(written))) {
      const detail = `${written.slice(0, 40)} is not a whole number in plain digits up to 2^53 - 1`;
      wrong.push({ pointer, code: 'invalid_field', detail });
    }
  }
  return node.value as unknown;
}

/** Without a prototype, so that `__proto__` is a name like another, and an unknown one. */
function objectOf(
  node: Node,
  text: string,
  pointer: string,
  depth: number,
  wrong: FieldError[],
): unknown {
  const result = Object.create(null) as Record<string, unknown>;
  for (const property of node.children ?? []) {
    const [name, value] = property.children ?? [];
    if (!name || !value) throw new Problem('malformed_json', 'a property without a value');
    const key = String(name.value);
    if (key in result)
      throw new Problem('malformed_json', `the key '${key.slice(0, 40)}' stands twice`);
    const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
    result[key] = valueOf(value, text, `${pointer}/${escaped}`, depth + 1, wrong);
  }
  return result;
}
