// A check that never fires protects nothing. Each test plants one mistake in a small copy of this
// repository and wants the check to fail and to name its rule; the first plants none.
import { describe, expect, test } from 'vitest';
import { impurities } from '../src/impurity.js';
import { type Outcome, Plantation, plantedPackage } from '../src/plantation.js';

const biome = 'node_modules/.bin/biome';
const compiler = 'tooling/tsconfig/tsc7.mjs';
const cruiser = 'node_modules/.bin/depcruise';
const oxlint = 'node_modules/.bin/oxlint';
const turbo = 'node_modules/.bin/turbo';
const TIMEOUT_MS = 60_000;

const blameless = `/** Adds one. */\nexport function next(count: number): number {\n  return count + 1;\n}\n`;

const mistakes: Readonly<Record<string, { readonly text: string; readonly rule: string }>> = {
  'reads-the-clock': { text: `export const at = Date.now();\n`, rule: 'noRestrictedGlobals' },
  'reads-the-precise-clock': {
    text: `export const at = performance.now();\n`,
    rule: 'noRestrictedGlobals',
  },
  'asks-the-process': { text: `export const id = process.pid;\n`, rule: 'noRestrictedGlobals' },
  'sets-a-timer': { text: `setTimeout(() => {}, 1);\n`, rule: 'noRestrictedGlobals' },
  prints: { text: `console.log('here');\n`, rule: 'noConsole' },
  promises: { text: `export const later = Promise.resolve(1);\n`, rule: 'noRestrictedGlobals' },
  'throws-dice': {
    text: `export const dice = Math.random();\n`,
    rule: 'pure/no-ambient-randomness',
  },
  'hides-dice': { text: `export const { random } = Math;\n`, rule: 'pure/no-ambient-randomness' },
  waits: { text: `export async function f(): Promise<void> {}\n`, rule: 'pure/no-async' },
  'imports-late': { text: `export const core = import('./other.js');\n`, rule: 'pure/no-async' },
  'sorts-by-locale': { text: `export const c = 'a'.localeCompare('b');\n`, rule: 'pure/no-locale' },
  'imports-Node': {
    text: `import fs from 'node:fs';\n\nexport const f = fs.statSync;\n`,
    rule: 'noNodejsModules',
  },
};

describe('a pure package', { timeout: TIMEOUT_MS }, () => {
  test('without a mistake passes', async () => {
    expect(await lintPure({ blameless })).toEqual({ code: 0, output: '' });
    expect(await compilePure(blameless)).toMatchObject({ code: 0 });
    expect(impurities(blameless)).toEqual([]);
  });

  test('with any of these mistakes fails the lint', async () => {
    const { code, output } = await lintPure(
      Object.fromEntries(Object.entries(mistakes).map(([name, { text }]) => [name, text])),
    );
    for (const [name, { rule }] of Object.entries(mistakes)) {
      const lines = output.split('\n').filter((line) => line.includes(`/${name}.ts,`));
      expect(lines.join('\n'), name).toContain(rule);
    }
    expect(code).not.toBe(0);
  });

  test('that reaches outside does not compile', async () => {
    const { code, output } = await compilePure(
      `import { statSync } from 'node:fs';\nexport const found = [statSync, process.pid, setTimeout];\n`,
    );
    expect(output).toMatch(/planted\.ts\(1,26\): error TS2591.*'node:fs'/);
    expect(output).toMatch(/error TS2591.*'process'/);
    expect(output).toMatch(/error TS2304.*'setTimeout'/);
    expect(code).not.toBe(0);
  });

  test('that silences the lint is still found', () => {
    const text = `// biome-ignore lint: trust me\nexport const at = [Date.now(), Math.random()];\n`;
    expect(impurities(text)).toEqual(['2: Date', '2: Math.random']);
  });

  test('that depends on a package that does IO breaks the boundaries', async () => {
    await using plantation = new Plantation({
      ...plantedPackage('packages/core', 'pure', { '@group-services/transport': 'workspace:^' }),
      'packages/core/src/index.ts': `export { next } from '@group-services/transport';\n`,
      ...plantedPackage('packages/transport', 'io'),
      'packages/transport/src/index.ts': blameless,
    });
    const { code, output } = await plantation.run(turbo, ['boundaries']);
    expect(output).toMatch(/@group-services\/transport.*without any tag listed in/s);
    expect(code).not.toBe(0);
  });
});

test('dependency-cruiser finds each forbidden path', { timeout: TIMEOUT_MS }, async () => {
  await using plantation = new Plantation({
    ...plantedPackage('packages/core', 'pure'),
    'packages/core/src/good.ts': blameless,
    'packages/core/src/cycle.ts': `export { b } from './back.js';\n`,
    'packages/core/src/back.ts': `export { b } from './cycle.js';\n`,
    'packages/core/src/shape.ts': `import type { Ring } from './ring.js';\nexport interface Shape { ring: Ring }\n`,
    'packages/core/src/ring.ts': `import type { Shape } from './shape.js';\nexport interface Ring { shape: Shape }\n`,
    'packages/process-group/src/node/users.ts': `export { b } from '../leader/leader.js';\n`,
    'packages/process-group/src/leader/leader.ts': `export const b = 1;\n`,
    'packages/core/src/app.ts': `export { b } from '../../../apps/daemon/src/gsd.js';\n`,
    'packages/core/src/relative.ts': `export { b } from '../../wire/src/index.js';\n`,
    'packages/core/src/deep.ts': `export { b } from '../../wire/src/deep/inner.js';\n`,
    'packages/core/src/undeclared.ts': `export { parse } from 'typescript';\n`,
    'packages/core/src/missing.ts': `export { b } from './nowhere.js';\n`,
    'packages/core/src/tested.ts': `export { b } from '../test/fixture.js';\n`,
    'packages/core/test/fixture.ts': `export const b = 1;\n`,
    'packages/wire/src/index.ts': `export const b = 1;\n`,
    'packages/wire/src/deep/inner.ts': `export const b = 1;\n`,
    'apps/daemon/src/gsd.ts': `export const b = 1;\n`,
  });
  const { code, output } = await plantation.run(cruiser, [
    '--config',
    '.dependency-cruiser.cjs',
    'packages',
  ]);
  const expected = [
    'no-cycles: packages/core/src/back.ts',
    'no-cycles: packages/core/src/ring.ts',
    'wings-of-process-group: packages/process-group/src/node/users.ts',
    'packages-never-import-apps: packages/core/src/app.ts',
    'no-relative-way-into-another-package: packages/core/src/relative.ts',
    'no-deep-imports: packages/core/src/deep.ts',
    'nothing-undeclared: packages/core/src/undeclared.ts',
    'not-to-unresolvable: packages/core/src/missing.ts',
    'src-never-imports-tests: packages/core/src/tested.ts',
  ];
  for (const line of expected) expect(output).toContain(`error ${line}`);
  expect(output).not.toContain('good.ts');
  expect(code).not.toBe(0);
});

test('a lost promise or a forgotten case fails oxlint', { timeout: TIMEOUT_MS }, async () => {
  await using plantation = new Plantation({
    ...plantedPackage('packages/runtime', 'io'),
    'packages/runtime/src/lost.ts': `import { readFile } from 'node:fs/promises';\n\nreadFile('x');\n`,
    'packages/runtime/src/waited.ts': `export async function f(): Promise<void> {\n  await 3;\n}\n`,
    'packages/runtime/src/misused.ts': `[1].forEach(async () => {\n  await Promise.resolve();\n});\n`,
    'packages/runtime/src/forgotten.ts': `export function f(v: 'a' | 'b'): void {\n  switch (v) {\n    case 'a':\n  }\n}\n`,
  });
  const { code, output } = await plantation.run(oxlint, ['--type-aware', '--format=unix']);
  const found = Object.fromEntries(
    [...output.matchAll(/(\w+)\.ts:.*typescript\(([\w-]+)\)/g)].map(([, file, rule]) => [
      file,
      rule,
    ]),
  );
  expect(found).toEqual({
    lost: 'no-floating-promises',
    waited: 'await-thenable',
    misused: 'no-misused-promises',
    forgotten: 'switch-exhaustiveness-check',
  });
  expect(code).not.toBe(0);
});

/** Lints every text as a file of a pure package; the file is named by the text's key. */
async function lintPure(texts: Readonly<Record<string, string>>): Promise<Outcome> {
  await using plantation = new Plantation(
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [`packages/metagroup/src/${name}.ts`, text]),
    ),
  );
  return await plantation.run(biome, ['lint', '--reporter=github', 'packages']);
}

async function compilePure(text: string): Promise<Outcome> {
  await using plantation = new Plantation({
    ...plantedPackage('packages/metagroup', 'pure'),
    'packages/metagroup/src/planted.ts': text,
  });
  return await plantation.run(compiler, ['--noEmit'], 'packages/metagroup');
}
