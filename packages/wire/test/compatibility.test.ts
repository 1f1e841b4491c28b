import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FEATURES, type Feature } from '../src/version.js';
import { ADDITIONS } from './compatibility/additions.js';
import { describeFormat } from './compatibility/messages.js';
import { incompatibilities } from './compatibility/rule.js';

const directory = join(import.meta.dirname, 'schemas');
const explanation = `The schemas of the wire format are not what they were in an earlier release of the same
version. Daemons of different releases meet in every upgrade. An optional field may be added: give it a
name in FEATURES (src/version.ts), which raises the minor, list it in test/compatibility/additions.ts, and
write it only on links that agreed on the feature. Anything else needs a new version: see docs/WIRE.md,
"Changing the format".`;

const isOfLater = (line: string): boolean =>
  Object.values(ADDITIONS)
    .flat()
    .some((place) => line.startsWith(place));

/** Asked by fixtures/freeze.mjs. */
if (process.env['FREEZE_WIRE'] !== undefined) {
  const kept = describeFormat()
    .split('\n')
    .filter((line) => !isOfLater(line));
  writeFileSync(join(directory, '1.0.txt'), kept.join('\n'));
}

/** `1.0.txt`: what that minor of that version was made of. */
const frozen = readdirSync(directory).map((file) => {
  const minor = Number(/^1\.(\d+)\.txt$/u.exec(file)?.[1]);
  return { minor, text: readFileSync(join(directory, file), 'utf8') };
});

describe('the schemas (B10)', () => {
  test.each(frozen)('are read by whoever speaks minor $minor, and read it', ({ minor, text }) => {
    const later = (Object.keys(FEATURES) as Feature[]).filter((it) => FEATURES[it] > minor);
    const announced = [...later.flatMap((it) => ADDITIONS[it]), ...ADDITIONS.handshake];
    expect(incompatibilities(text, describeFormat(), announced), explanation).toEqual([]);
  });

  test('of minor 0 are kept', () => {
    expect(frozen.map(({ minor }) => minor)).toContain(0);
  });
});

describe('the rule for what may change', () => {
  const before = ['m = map', 'm.a = countField', 'm.b? = word x', 'm.b? = word y'];
  const problems = (after: readonly string[], announced: readonly string[] = []): string =>
    incompatibilities(`${before.join('\n')}\n`, `${after.join('\n')}\n`, announced).join('; ');

  test('leaves alone what is the same', () => {
    expect(problems(before)).toBe('');
  });

  test.each([
    ['removed', before.filter((it) => !it.startsWith('m.a')), 'm.a was there before'],
    ['of another type', before.with(1, 'm.a = u32Field'), 'm.a held countField before'],
    ['needed no more', before.with(1, 'm.a? = countField'), 'm.a could not be left out before'],
    ['without a word', before.slice(0, 3), 'm.b? held word y before'],
    ['new and unannounced', [...before, 'm.c? = countField'], 'belongs to no feature'],
    ['a new word', [...before, 'm.b? = word z'], 'm.b? (word z) is new and belongs to no feature'],
    ['a new kind', [...before, 'n = map', 'n.a = countField'], 'n (map) is new'],
  ])('notices a field that is %s', (_, after, text) => {
    expect(problems(after)).toContain(text);
  });

  test('lets a feature add what can be left out, and nothing that must be there', () => {
    expect(problems([...before, 'm.c? = map', 'm.c?.d = countField'], ['m.c?'])).toBe('');
    expect(problems([...before, 'm.c = countField'], ['m.c'])).toContain('may not be left out');
    expect(problems([...before, 'n = map', 'n.a = countField'], ['n'])).toBe('');
  });
});
