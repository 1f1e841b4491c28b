import { expect, test } from 'vitest';
import { groupNameField, groupNameProblem, isInstance, providerIdField } from './fields.js';
import { LIMITS, utf8Length } from './limits.js';

test.each(['a', 'billing', 'straße/été 😀', 'x'.repeat(255), 'é'.repeat(127)])(
  'group name %j',
  (name) => {
    expect(groupNameProblem(name)).toBeUndefined();
    expect(groupNameField.safeParse(name).success).toBe(true);
  },
);

test.each([
  ['', 'empty'],
  ['x'.repeat(256), 'bytes'],
  ['é'.repeat(128), 'bytes'],
  ['a\nb', 'control'],
  ['a\u007f', 'control'],
  ['\ud800', 'Unicode'],
  ['$nodes', 'reserved'],
])('no group name: %j', (name, problem) => {
  expect(groupNameProblem(name)).toContain(problem);
  expect(groupNameField.safeParse(name).success).toBe(false);
});

test('an instance is printable ASCII without slash', () => {
  for (const text of ['a', '~ !', 'x'.repeat(64)]) expect(isInstance(text)).toBe(true);
  for (const text of ['', 'a/b', 'é', 'a\n', '\u007f', 'x'.repeat(65)]) {
    expect(isInstance(text)).toBe(false);
  }
});

test('the longest names make a valid provider id', () => {
  const id = `${'n'.repeat(64)}/${'i'.repeat(64)}`;
  expect(providerIdField.safeParse(id).success).toBe(true);
  for (const text of ['n1', '/i', 'n1/', 'n1/a/b', `n${id}`, 'n1/a\n']) {
    expect(providerIdField.safeParse(text).success).toBe(false);
  }
});

test('the length of a text is that of its UTF-8 form', () => {
  for (const text of ['', 'a', '\u007f\u0080', '\u07ff\u0800', '\uffff😀', 'é'.repeat(50)]) {
    expect(utf8Length(text)).toBe(encodeURIComponent(text).replace(/%../g, 'x').length);
  }
});

test('everything a frame must hold fits into its limit', () => {
  expect(LIMITS.message + LIMITS.stateValue).toBeLessThan(LIMITS.frame);
});
