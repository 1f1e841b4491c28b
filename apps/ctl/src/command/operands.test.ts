import { describe, expect, it } from 'vitest';
import { GROUP, NODE, readOperands } from './operands.js';

const value = { placeholder: 'VALUE', what: 'the value' };
const providers = { placeholder: 'ID', what: 'the id of a provider', many: true };

describe('operands', () => {
  it('are read in their order', () => {
    expect(readOperands({ group: GROUP, value }, ['g', ''], '')).toEqual({
      ok: true,
      operands: { group: 'g', value: '' },
    });
    expect(readOperands({ group: GROUP, providers }, ['g', 'n1/a', 'n2/b'], '')).toEqual({
      ok: true,
      operands: { group: 'g', providers: ['n1/a', 'n2/b'] },
    });
    const optional = { group: { ...GROUP, optional: true } };
    expect(readOperands(optional, [], '')).toEqual({ ok: true, operands: { group: undefined } });
  });

  it('that are missing or too many are told with the form', () => {
    const table = { group: GROUP, value };
    const form = 'gsctl send NAME VALUE';
    expect(readOperands(table, ['g'], form)).toEqual({
      ok: false,
      problem: 'the value is missing; the form is: gsctl send NAME VALUE',
    });
    expect(readOperands(table, ['g', 'a', 'b'], form)).toEqual({
      ok: false,
      problem: 'unexpected argument "b"; the form is: gsctl send NAME VALUE',
    });
    expect(readOperands({ group: GROUP, providers }, ['g'], form)).toMatchObject({ ok: false });
  });

  it.each(['', 'a\nb', 'ü'.repeat(128)])('name no group by %j', (name) => {
    expect(readOperands({ group: GROUP }, [name], '')).toMatchObject({ ok: false });
  });

  it('name no node by what is none', () => {
    expect(readOperands({ node: NODE }, ['n.1'], '')).toMatchObject({ ok: true });
    expect(readOperands({ node: NODE }, ['a b'], '')).toMatchObject({ ok: false });
  });
});
