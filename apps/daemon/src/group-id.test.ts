import { expect, it } from 'vitest';

import { groupIdOf } from './group-id.js';

const groups = 'root:x:0:\ngs-users:x:4711:ann,bob\nbroken\n';

it('finds the number of a group by its name, and takes a number as it is', () => {
  expect(groupIdOf('gs-users', groups)).toBe(4711);
  expect(groupIdOf('root', groups)).toBe(0);
  expect(groupIdOf('1234', groups)).toBe(1234);
});

it.each(['gs', 'broken', 'ann'])('says that there is no group %s', (group) => {
  expect(() => groupIdOf(group, groups)).toThrow(/has no group .*; give its number/u);
});
