import { expect, it } from 'vitest';
import { Story } from './story.js';

it('tells who was killed, when the others heard of it, and who came back', () => {
  let now = 0;
  const story = new Story(() => now);
  story.heard({ kind: 'began', workers: 6, files: 60 });
  now = 1_000;
  story.heard({ kind: 'killed', id: 'n2/a' });
  now = 1_004;
  story.heard({ kind: 'gone', from: ['n2/a'] });
  now = 2_000;
  story.daemonKilled('n3');
  now = 2_007;
  story.heard({ kind: 'gone', from: ['n3/b', 'n3/c'] });
  story.heard({ kind: 'back', id: 'n3/d' });
  now = 3_000;
  expect(story.summary()).toEqual([
    'What was shown, in 3.0 s: one group of 6 processes on 3 daemons hashed 60 files.',
    '* n2/a was killed; the others heard of it 4 ms later, and took over its share.',
    '* The daemon n3 was killed, and with it 2 members; the others heard of it 7 ms later.',
    '* When that daemon was there again, 1 came back as new members and were told what they had missed.',
  ]);
});

it('tells nothing that has not happened', () => {
  const story = new Story(() => 0);
  story.heard({ kind: 'began', workers: 1, files: 1 });
  story.heard({ kind: 'gone', from: ['n1/a'] });
  story.daemonKilled('n3');
  expect(story.summary().slice(1)).toEqual(['* The daemon n3 was killed; the others went on.']);
});
