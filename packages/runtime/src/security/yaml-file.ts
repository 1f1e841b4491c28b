import type { parseDocument } from 'yaml';
import type { z } from 'zod';

import { yaml } from '../on-demand.js';
import { UnusableFile } from './secret-file.js';

/** No file of an operator is nested deeper; the parser of YAML goes as deep as it is led. */
const DEPTH_MAX = 32;

/**
 * The content of a YAML file, checked; an empty file is an empty list.
 *
 * @throws UnusableFile that names the file, the line of every mistake and what was expected
 */
export function parseYamlFile<Schema extends z.ZodType>(
  option: string,
  path: string,
  text: string,
  schema: Schema,
): z.output<Schema> {
  const fail = (mistakes: readonly string[]): never => {
    throw new UnusableFile(`${option}: ${mistakes.slice(0, 20).join('; ')}`);
  };
  if (depthOf(text) > DEPTH_MAX) fail([`${path} is nested deeper than ${DEPTH_MAX} levels`]);
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // What it would warn about is refused by the schema.
    logLevel: 'error',
  });
  const at = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    fail(document.errors.map(({ pos, message }) => `${at(pos[0])}: not YAML: ${message}`));
  }
  const read = schema.safeParse(contentOf(() => document.toJS({ maxAliasCount: 0 }), fail, path));
  if (read.success) return read.data;
  return fail(
    read.error.issues.map(({ path: keys, message }) => {
      const offset = offsetOf(document, keys);
      const name = keys.filter((key) => typeof key === 'string').join('.');
      return `${offset === undefined ? path : at(offset)}: ${name === '' ? '' : `${name}: `}${message}`;
    }),
  );
}

/** Names that stand for other parts of the file are not followed: a few lines could grow without end. */
function contentOf(read: () => unknown, fail: (why: string[]) => never, path: string): unknown {
  try {
    return read() ?? [];
  } catch (error) {
    return fail([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Where the mistake is, or what is nearest around it. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  keys: readonly PropertyKey[],
): number | undefined {
  for (let length = keys.length; length >= 0; length -= 1) {
    const node: unknown =
      length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    if (typeof node !== 'object' || node === null || !('range' in node)) continue;
    const { range } = node;
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0];
  }
  return undefined;
}

/** At least as deep as the parser would go: brackets, and steps to the right. */
function depthOf(text: string): number {
  let [deepest, brackets] = [0, 0];
  for (const line of text.split('\n')) {
    const indent = /^[ -]*/u.exec(line)?.[0].length ?? 0;
    deepest = Math.max(deepest, brackets, Math.ceil(indent / 2));
    for (const letter of line) {
      if (letter === '[' || letter === '{') brackets += 1;
      else if (letter === ']' || letter === '}') brackets = Math.max(0, brackets - 1);
      deepest = Math.max(deepest, brackets);
    }
  }
  return deepest;
}
