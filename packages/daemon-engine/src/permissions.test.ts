import { describe, expect, it } from 'vitest';

import { ACTIONS, matches, type PermissionRule, Permissions } from './permissions.js';

const FILE = '/etc/gs/permissions.yaml';

function permissions(...rules: PermissionRule[]): Permissions {
  return new Permissions({ file: FILE, rules });
}

describe('permissions', () => {
  it('without a file everything is allowed, with one only what a rule allows', () => {
    expect(new Permissions(undefined).actions('anybody', 'any')).toEqual(new Set(ACTIONS));
    expect(permissions().actions('anybody', 'any').size).toBe(0);
  });

  it('the first rule that names principal and group decides', () => {
    const of = permissions(
      { principals: ['billing-*'], groups: ['billing', 'billing.*'], allow: ['provide', 'send'] },
      { principals: ['*'], groups: ['billing*'], allow: ['subscribe'] },
    );
    expect([...of.actions('billing-1', 'billing.eu')]).toEqual(['provide', 'send']);
    expect([...of.actions('billing-1', 'billing2')]).toEqual(['subscribe']);
    expect([...of.actions('other', 'billing')]).toEqual(['subscribe']);
    expect([...of.actions('other', 'orders')]).toEqual([]);
  });

  it('what concerns no group needs a rule for all groups', () => {
    const of = permissions(
      { principals: ['ops'], groups: ['billing'], allow: ['operate', 'list'] },
      { principals: ['root'], groups: ['*'], allow: ['operate'] },
    );
    expect(of.allowsEverywhere('ops', 'operate')).toBe(false);
    expect(of.allowsEverywhere('root', 'operate')).toBe(true);
    expect(of.allowsSomewhere('ops', 'list')).toBe(true);
    expect(of.allowsSomewhere('root', 'list')).toBe(false);
  });

  it('a denial names principal, group and file', () => {
    expect(permissions().denial('billing-1', 'send', 'orders')).toBe(
      `principal billing-1 may not send in group orders: no rule of ${FILE} allows it`,
    );
  });
});

describe('patterns', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*.eu', 'billing.eu', true],
    ['a.c', 'abc', false],
  ])('%j and %j', (pattern, text, fits) => {
    expect(matches(pattern, text)).toBe(fits);
  });

  it('fit like a regular expression would, and take no longer for bad ones', () => {
    for (const pattern of words(['a', 'b', '*'], 4)) {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'u');
      for (const text of words(['a', 'b'], 4)) {
        expect([pattern, text, matches(pattern, text)]).toEqual([
          pattern,
          text,
          expression.test(text),
        ]);
      }
    }
    expect(matches('a*'.repeat(120), 'a'.repeat(119))).toBe(false);
  });
});

/** All texts of these letters up to a length. */
function words(letters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [''];
  const shorter = words(letters, length - 1);
  return ['', ...letters.flatMap((letter) => shorter.map((rest) => letter + rest))];
}
