import { describe, expect, test } from 'vitest';
import { Stage } from './stage.js';

/**
 * Roots 1, 2, 4 and 5 of `docs/TESTING.md`: who leads, and who is alive, when not everybody hears
 * everybody.
 */

describe('root 1: a node elects itself because nobody answered', () => {
  test('a member that is cut off from all others changes nothing, however long it waits', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    stage.part(['n2'], ['n1', 'n3', 'ns']);
    stage.run(60_000);
    // Its own process still sees the list of before: no view without the name server.
    expect(b?.lists.at(-1)).toBe('n1 n2 n3');
    expect([a?.list, c?.list]).toEqual(['n1 n3', 'n1 n3']);
    stage.mend();
    stage.run(10_000);
    expect(b?.removed).toBeDefined();
    expect(stage.listed()).toEqual(['n1', 'n3']);
    stage.rest();
  });

  test('a daemon that reaches nobody forms no group: its process waits, and joins the one there is', () => {
    const stage = new Stage({ daemons: 2 });
    const [a] = stage.members(1);
    stage.part(['n2'], ['n1', 'ns']);
    stage.run(10_000);
    const late = stage.process('n2');
    const hasty = stage.process('n2');
    late.join('g');
    const request = hasty.join('g', { timeout: 2_000 });
    stage.run(30_000);
    expect(late.lists).toEqual([]);
    expect(hasty.answer(request)).toBe('refused TIMEOUT');
    stage.mend();
    stage.run(10_000);
    expect(late.list).toBe('n1 n2');
    expect(a?.list).toBe('n1 n2');
    stage.rest();
  });
});

describe('root 2: two halves merge as equals', () => {
  test('one side goes on, the other stands still, is told, and joins anew as the youngest', () => {
    const stage = new Stage({ daemons: 4 });
    const [a, b, c, d] = stage.members(4);
    stage.part(['n1', 'n2'], ['n3', 'n4', 'ns']);
    stage.run(1_000);
    const halted = a?.setState() ?? 0;
    stage.run(20_000);
    const decided = c?.setState() ?? 0;
    stage.run(1_000);
    expect([a?.list, b?.list]).toEqual(['n1 n2 n3 n4', 'n1 n2 n3 n4']);
    expect([c?.list, d?.list]).toEqual(['n3 n4', 'n3 n4']);
    expect([a?.answer(halted), c?.answer(decided)]).toEqual([undefined, 'approved']);
    stage.mend();
    stage.run(10_000);
    expect([a?.removed, b?.removed]).toEqual(['node-failure', 'node-failure']);
    // Its own daemon cannot know what became of it, and says so.
    expect(a?.answer(halted)).toBe('refused CONNECTION_LOST');
    expect([c?.state, d?.state]).toEqual([`${c?.label}:1`, `${c?.label}:1`]);
    const again = stage.process('n1');
    again.join('g');
    stage.run(2_000);
    expect([again.list, c?.list, d?.list]).toEqual(['n3 n4 n1', 'n3 n4 n1', 'n3 n4 n1']);
    stage.rest();
  });
});

describe('root 4: links that work one way', () => {
  test.each([
    ['the leader is not heard by a member', 'n1', 'n3'],
    ['the leader does not hear a member', 'n3', 'n1'],
  ])('%s: one of the two goes, for good, and the others work on', (_what, from, to) => {
    const stage = new Stage({ daemons: 3 });
    stage.members(3);
    stage.cut([from], [to]);
    stage.run(30_000);
    const left = stage.listed();
    expect(left).toHaveLength(2);
    expect(left.includes(from) && left.includes(to)).toBe(false);
    const versions = stage.notes.accepted.size;
    stage.run(60_000);
    expect(stage.notes.accepted.size).toBe(versions);
    expect(stage.listed()).toEqual(left);
    const [first = ''] = left;
    const newcomer = stage.process(first);
    newcomer.join('g');
    stage.run(2_000);
    const sent = newcomer.send('safe');
    stage.run(2_000);
    expect(newcomer.answer(sent)).toBe('message');
    stage.rest();
  });
});

test('root 4: two members that do not hear each other both hear the leader, which is enough', () => {
  const stage = new Stage({ daemons: 3 });
  const [a, b, c] = stage.members(3);
  stage.cut(['n2'], ['n3']);
  stage.run(60_000);
  const sent = c?.send('safe') ?? 0;
  stage.run(2_000);
  expect([a?.list, b?.list, c?.list]).toEqual(['n1 n2 n3', 'n1 n2 n3', 'n1 n2 n3']);
  expect([b?.messages, c?.answer(sent)]).toEqual([[`${c?.label}:1`], 'message']);
  stage.rest();
});

describe('root 5: a paused process, a starved event loop', () => {
  test('a leader that was stopped for long does not accuse the others and cannot act any more', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    stage.daemon('n1').pause();
    const late = a?.setState() ?? 0;
    stage.run(10_000);
    expect([b?.list, c?.list]).toEqual(['n2 n3', 'n2 n3']);
    stage.daemon('n1').resume();
    stage.run(10_000);
    expect(a?.removed).toBe('node-failure');
    expect(a?.answer(late)).toBe('refused CONNECTION_LOST');
    expect([b?.lists, c?.lists].map((lists) => lists?.at(-1))).toEqual(['n2 n3', 'n2 n3']);
    expect(b?.state).toBeUndefined();
    stage.rest();
  });

  test('everybody is stopped for a while: nobody is removed', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    const versions = stage.notes.accepted.size;
    for (const node of ['n1', 'n2', 'n3']) stage.daemon(node).pause();
    stage.run(20_000);
    for (const node of ['n1', 'n2', 'n3']) stage.daemon(node).resume();
    stage.run(20_000);
    expect([a?.list, b?.list, c?.list]).toEqual(['n1 n2 n3', 'n1 n2 n3', 'n1 n2 n3']);
    expect(stage.notes.accepted.size).toBe(versions);
    stage.rest();
  });

  test('a pause below the limit changes nothing', () => {
    const stage = new Stage({ daemons: 3 });
    const [, b] = stage.members(3);
    stage.daemon('n1').pause();
    stage.run(700);
    stage.daemon('n1').resume();
    stage.run(20_000);
    expect(b?.list).toBe('n1 n2 n3');
    stage.rest();
  });
});
