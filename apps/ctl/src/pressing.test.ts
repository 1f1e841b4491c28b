import { expect, it } from 'vitest';
import { sampleGroup } from '../test/sample-group.js';
import { groupText } from './group.js';
import { pressingText } from './pressing.js';
import { votesText } from './votes.js';

const worker = { at: 'n1', client: 7, process: 'worker 77', cause: 'unread', bytes: 2_097_152 };

it('who slows a group down is named, with what waits and for how long', () => {
  const found = { pressing: [{ ...worker, sinceMs: 3210 }], asked: ['n1'], unreached: [] };
  expect(pressingText(found)).toBe('worker 77 at n1 (2 MiB unread, for 3.2 s)');
  const group = { group: 'billing', leader: 'n1', from: 'leader', voting: null };
  expect(votesText(group, found)).toMatch(
    /^slowed by +worker 77 at n1 \(2 MiB unread, for 3\.2 s\)$/mu,
  );
  const listed = { group: 'billing', leader: 'n1', daemons: 1 };
  expect(
    groupText({
      group: 'billing',
      node: 'n1',
      listed,
      waitsFor: [],
      here: sampleGroup,
      slowedBy: found,
    }),
  ).toContain('Slowed by worker 77 at n1');
});

it('says of whose processes it knows, and whom it has not reached', () => {
  const unreached = [{ at: 'http://n2:7491', why: 'cannot reach it' }];
  expect(pressingText({ pressing: [], asked: ['n1'], unreached })).toBe(
    'nobody at n1; of other nodes ask with --also; http://n2:7491 is not reached',
  );
});
