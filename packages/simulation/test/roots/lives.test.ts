import { describe, expect, test } from 'vitest';
import { Stage } from './stage.js';

/** Roots 3, 6 and 8 of `docs/TESTING.md`: who is meant, and what ends with whom. */

describe('root 3: a restarted name is mistaken for its earlier life', () => {
  test('a daemon that is back before anybody missed it is another one: its old life ends in a view', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    const before = stage.daemon('n2').id;
    stage.daemon('n2').crash('crashes');
    stage.daemon('n2').start();
    stage.run(200);
    const again = stage.process('n2');
    again.join('g');
    stage.run(10_000);
    expect(stage.daemon('n2').id).not.toBe(before);
    expect(again.provider).not.toBe(b?.provider);
    expect(a?.lists).toEqual(['n1', 'n1 n2', 'n1 n2 n3', 'n1 n3', 'n1 n3 n2']);
    expect(c?.lists).toEqual(['n1 n2 n3', 'n1 n3', 'n1 n3 n2']);
    stage.rest();
  });

  test('what its earlier life sent and what was sent to it arrives late and counts for nothing', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b] = stage.members(3);
    stage.stall('n2', 'n1', 8_000);
    stage.stall('n1', 'n2', 8_000);
    b?.send('agreed');
    a?.send('agreed');
    stage.run(100);
    stage.daemon('n2').crash('crashes');
    stage.daemon('n2').start();
    stage.run(3_000);
    const again = stage.process('n2');
    again.join('g');
    stage.run(20_000);
    // The message of the earlier life comes when that life is over for everybody.
    expect(a?.messages).toEqual([`${a?.label}:1`]);
    expect(again.messages).toEqual([]);
    expect(a?.lists.slice(-2)).toEqual(['n1 n3', 'n1 n3 n2']);
    stage.rest();
  });
});

describe('root 6: a second path that removes members', () => {
  test.each([
    ['a process that is killed', (stage: Stage) => stage.killProcess('n3')],
    ['a provider that leaves', (stage: Stage) => stage.leaveProcess('n3')],
    ['a daemon that crashes', (stage: Stage) => stage.daemon('n3').crash('crashes')],
    ['a daemon that stops in order', (stage: Stage) => stage.daemon('n3').stop()],
    ['a daemon that is silent', (stage: Stage) => stage.daemon('n3').pause()],
    ['a daemon that is cut off', (stage: Stage) => stage.part(['n3'], ['n1', 'n2', 'ns'])],
  ])('%s goes in one view, the same for all', (_what, remove) => {
    const stage = new Stage({ daemons: 3 });
    const [a, b] = stage.members(3);
    remove(stage);
    stage.run(3_500);
    expect(a?.lists).toEqual(['n1', 'n1 n2', 'n1 n2 n3', 'n1 n2']);
    expect(b?.lists).toEqual(['n1 n2', 'n1 n2 n3', 'n1 n2']);
    expect(a?.fence).toBe(b?.fence);
    // Of the daemons too: nobody installed what the name server had not accepted as it is.
    for (const entry of stage.notes.installed) {
      expect(stage.notes.accepted.get(`${entry.generation}/${entry.version}`)?.members).toEqual(
        entry.members.map((member) => expect.objectContaining({ id: member.id })),
      );
    }
    stage.daemon('n3').resume();
    stage.rest();
  });
});

describe('root 8: a waiter that outlives its owner', () => {
  test('a process that dies while its daemon asks for the group joins nothing', () => {
    const stage = new Stage({ daemons: 2 });
    const [a] = stage.members(1);
    stage.nameServer.pause();
    const waiter = stage.process('n2');
    waiter.join('g');
    stage.run(500);
    waiter.kill();
    stage.run(500);
    stage.nameServer.resume();
    stage.run(20_000);
    expect(a?.lists).toEqual(['n1']);
    expect(stage.listed()).toEqual(['n1']);
    stage.rest();
  });

  test('what waits for a leader that is stopped dies with the daemon that asked, also when it is back', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, , c] = stage.members(3);
    stage.daemon('n1').pause();
    c?.setState();
    c?.send('agreed');
    stage.run(100);
    stage.daemon('n3').crash('crashes');
    stage.daemon('n3').start();
    stage.run(300);
    const again = stage.process('n3');
    again.join('g');
    stage.daemon('n1').resume();
    stage.run(10_000);
    const lists = a?.lists ?? [];
    expect(lists.at(-1)).toBe('n1 n2 n3');
    expect(again.provider).not.toBe(c?.provider);
    // Either the old life's wish was placed before the old life ended, or never: not for the new one.
    expect(again.messages).toEqual([]);
    expect(again.state).toBeUndefined();
    stage.rest();
  });

  test('a request that was not served when the connection ends is answered to nobody', () => {
    const stage = new Stage({ daemons: 2 });
    const [a] = stage.members(1);
    stage.nameServer.pause();
    const waiter = stage.process('n2');
    const request = waiter.join('g');
    stage.run(200);
    stage.daemon('n2').crash('crashes');
    stage.daemon('n2').start();
    stage.nameServer.resume();
    stage.run(10_000);
    expect([waiter.closed, waiter.answer(request)]).toEqual([true, undefined]);
    expect(a?.lists).toEqual(['n1']);
    stage.rest();
  });
});
