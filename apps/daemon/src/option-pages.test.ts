import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * The pages of options are made from the programs' tables, as `--help` is; the contract is written by hand. What
 * one says of an option the other one must not say differently.
 */

const docs = (path: string): string =>
  readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

interface Option {
  readonly placeholder: string | undefined;
  readonly defaults: string;
  readonly what: string;
}

/** The rows of a page by the name of the option. */
function optionsOf(page: string): ReadonlyMap<string, Option> {
  const rows = docs(page).matchAll(
    /^\| `--([a-z-]+)(?: ([A-Z]+))?` \| ([^|]*) \| [^|]* \| (.*) \|$/gmu,
  );
  return new Map(
    [...rows].map(([, name = '', placeholder, defaults = '', what = '']) => [
      name,
      { placeholder, defaults: defaults.replaceAll('`', ''), what },
    ]),
  );
}

/** What `command-line.md` says of a program: `--heartbeat 250ms`, `--isolation continue\|suspend`. */
function promised(program: string): readonly { readonly name: string; readonly value: string }[] {
  const row = docs('protocol/command-line.md')
    .split('\n')
    .find((line) => line.startsWith(`| \`${program}\` |`));
  const options = (row ?? '').matchAll(/`--([a-z-]+)(?: ([^`]+))?`/gu);
  return [...options].map(([, name = '', value = '']) => ({ name, value }));
}

describe.each(['gsd', 'gsns'])('the options of %s', (program) => {
  const options = optionsOf(`options/${program}.md`);

  it('all say what is written, by what they are left out, and what they are for', () => {
    expect(options.size).toBeGreaterThan(20);
    for (const [name, { placeholder, defaults, what }] of options) {
      const isFlag = placeholder === undefined;
      expect({ name, defaults }).toEqual({
        name,
        defaults: isFlag ? 'false' : expect.stringMatching(/\S/u),
      });
      expect({ name, placeholder }).not.toEqual({ name, placeholder: 'VALUE' });
      expect({ name, what }).toEqual({ name, what: expect.stringMatching(/^[^.]{10}/u) });
    }
  });

  it('have a unit where they are amounts', () => {
    for (const [name, { placeholder, defaults }] of options) {
      const unit = { DURATION: /^(?:\d+(?:ms|s|m|h)|[a-z].*)$/u, SIZE: /^\d+(?:B|KiB|MiB)$/u }[
        placeholder ?? ''
      ];
      if (unit !== undefined)
        expect({ name, defaults }).toEqual({ name, defaults: expect.stringMatching(unit) });
    }
  });

  it('are those that command-line.md promises', () => {
    const all = promised(program);
    expect(all.length).toBeGreaterThan(10);
    for (const { name, value } of all) {
      // `--etcd-ca/-cert/-key FILE` stands for several.
      const option = options.get(name);
      expect({ name, exists: option !== undefined || value.includes('/-') }).toEqual({
        name,
        exists: true,
      });
      if (option === undefined || value === '' || /^[A-Z]/u.test(value)) continue;
      const words = value.split('\\|');
      if (words.length === 1) expect({ name, value: option.defaults }).toEqual({ name, value });
      else if (!value.includes(':')) {
        for (const word of words)
          expect({ name, what: option.what }).toEqual({
            name,
            what: expect.stringContaining(`\`${word}\``),
          });
      }
    }
  });
});
