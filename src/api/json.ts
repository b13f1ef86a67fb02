import { type Node, parseTree } from 'jsonc-parser';

import { type FieldError, Problem } from './problem.ts';

const depthMax = 20;
const plainNumber = /^(0|-?[1-9]\d*)$/;

/** A body as it was sent, and what of it is wrong already as it is written. */
export interface Content {
  readonly body: object;
  readonly wrong: readonly FieldError[];
}

/**
 * Reads a request body strictly: UTF-8, one JSON object, no duplicate keys, no comments, at most 20 levels.
 * A number that is not a safe integer in plain digits (1e3, 100.0) is a wrong field. Throws `malformed_json`.
 */
export function readJson(bytes: Buffer): Content {
  const text = utf8(bytes);
  refuseDepth(text);
  const root = treeOf(text);
  if (root?.type !== 'object')
    throw new Problem('malformed_json', 'the body is not one JSON object');
  const wrong: FieldError[] = [];
  return { body: valueOf(root, text, '', wrong) as object, wrong };
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'the body is not UTF-8');
  }
}

/** The native parser says whether it is JSON: the other one goes on after an error, through 60,000 of them. */
function treeOf(text: string): Node | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return parseTree(text);
}

/** Before parsing: the parser calls itself per level, and 60,000 brackets fit into 64 KiB. */
function refuseDepth(text: string): void {
  let depth = 0;
  // The closing quote may be missing: looked for again from each quote inside, it took 2 s for 64 KiB.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > depthMax) throw new Problem('malformed_json', `more than ${depthMax} levels`);
  }
}

function valueOf(node: Node, text: string, pointer: string, wrong: FieldError[]): unknown {
  if (node.type === 'array')
    return (node.children ?? []).map((child, index) =>
      valueOf(child, text, `${pointer}/${index}`, wrong),
    );
  if (node.type === 'object') return objectOf(node, text, pointer, wrong);
  if (node.type === 'number') {
    const written = text.slice(node.offset, node.offset + node.length);
    if (!plainNumber.test(written) || !Number.isSafeInteger(Number(written))) {
      const detail = `${written.slice(0, 40)} is not a whole number in plain digits up to 2^53 - 1`;
      wrong.push({ pointer, code: 'invalid_field', detail });
    }
  }
  return node.value as unknown;
}

/** `__proto__` names no field anywhere, and must not reach code that copies objects. */
function objectOf(node: Node, text: string, pointer: string, wrong: FieldError[]): unknown {
  const result: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [name, value] = property.children ?? [];
    if (!name || !value) throw new Problem('malformed_json', 'a property without a value');
    const key = String(name.value);
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (key === '__proto__') {
      wrong.push({ pointer: place, code: 'unknown_field', detail: 'no such field' });
      continue;
    }
    if (Object.hasOwn(result, key))
      throw new Problem('malformed_json', `the key '${key.slice(0, 40)}' stands twice`);
    result[key] = valueOf(value, text, place, wrong);
  }
  return result;
}
