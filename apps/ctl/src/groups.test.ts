import { expect, it } from 'vitest';
import { sampleGroup } from '../test/sample-group.js';
import { groupLines, groupsText } from './groups.js';

const listed = [
  { group: 'billing', leader: 'n1', daemons: 3, providers: 4 },
  { group: 'mail', leader: 'n2', daemons: 1 },
];

it('shows every group of the domain and the role of this node', () => {
  expect(groupsText(groupLines(listed, [sampleGroup]), 'n1').split('\n')).toEqual([
    'GROUP    LEADER  DAEMONS  PROVIDERS  ROLE OF N1',
    'billing  n1      3        4          leader',
    'mail     n2      1        -          -',
  ]);
});

it('says that there is none', () => {
  expect(groupsText([], 'n1')).toBe('There is no group in this domain.');
});
