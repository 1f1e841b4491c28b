import { readFileSync, statSync } from 'node:fs';

import type { ParsedNode } from 'yaml';

import { yaml } from '../on-demand.js';
import { type OptionTable, optionName } from './program.js';
import { type Mistake, type SourceResult, unknownMessage, type Written } from './sources.js';

/** No configuration is anywhere near this; a mistaken path may be. */
const FILE_BYTES_MAX = 1024 * 1024;

/** Reads a YAML file with one mapping from option names to values. */
export function readConfigFile(
  options: OptionTable,
  file: string,
  otherKeys: readonly string[] = [],
): SourceResult {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) {
      return failed(file, `larger than ${FILE_BYTES_MAX} bytes; is this a configuration file?`);
    }
    return readConfigText({ options, otherKeys }, file, readFileSync(file, 'utf8'));
  } catch (error) {
    return failed(file, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

export function readConfigText(
  { options, otherKeys }: { readonly options: OptionTable; readonly otherKeys: readonly string[] },
  file: string,
  content: string,
): SourceResult {
  const { isMap, isScalar, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined): string =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => ({
      place: lineOf(error.pos[0]),
      message: `not YAML: ${error.message}`,
    }));
    return { given: new Map(), mistakes };
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { given: new Map(), mistakes: [] };
  }
  if (!isMap(contents)) return failed(file, 'expected a mapping from option names to values');

  const keys = new Map(Object.keys(options).map((key) => [optionName(key), key]));
  const given = new Map<string, readonly Written[]>();
  const mistakes: Mistake[] = [];
  for (const { key: keyNode, value } of contents.items) {
    const name = isScalar(keyNode) ? String(keyNode.value) : String(keyNode);
    const line = lineOf(keyNode.range?.[0]);
    const key = keys.get(name);
    const place = `${line} (${name})`;
    if (key === undefined) {
      if (otherKeys.includes(name)) continue;
      mistakes.push({ place, message: unknownMessage('key', name, [...keys.keys()]) });
      continue;
    }
    const texts = textsOf(value, options[key]?.repeatable === true);
    if (typeof texts === 'string') mistakes.push({ place, message: texts });
    else
      given.set(
        key,
        texts.map((text) => ({ text, place })),
      );
  }
  return { given, mistakes };
}

/** The values as written, or what is wrong with them. */
function textsOf(value: ParsedNode | null, isRepeatable: boolean): readonly string[] | string {
  const { isScalar, isSeq } = yaml();
  const items = isSeq(value) && isRepeatable ? value.items : [value];
  const texts: string[] = [];
  for (const item of items) {
    const text = isScalar(item) ? scalarText(item) : undefined;
    if (text === undefined)
      return isRepeatable ? 'expected values or a list' : 'expected one value';
    texts.push(text);
  }
  return texts;
}

/** What was written, not what YAML makes of it: a node named 007 keeps its zeros. */
function scalarText(node: {
  readonly value: unknown;
  readonly source?: string;
}): string | undefined {
  if (node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function failed(file: string, message: string): SourceResult {
  return { given: new Map(), mistakes: [{ place: file, message }] };
}
