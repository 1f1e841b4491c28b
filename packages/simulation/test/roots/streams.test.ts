import { describe, expect, test } from 'vitest';
import { Stage } from './stage.js';

/** Roots 7, 9 and 10 of `docs/TESTING.md`: what may still enter the stream, and who may hold it up. */

describe('root 7: a deposed leader that still acts', () => {
  test('it makes nothing safe, changes no state, and its fence is the older one', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    stage.part(['n1'], ['n2', 'n3', 'ns']);
    const proposal = a?.setState() ?? 0;
    const message = a?.send('safe') ?? 0;
    stage.run(10_000);
    expect([a?.answer(proposal), a?.answer(message)]).toEqual([undefined, undefined]);
    expect([a?.messages, a?.state]).toEqual([[], undefined]);
    expect([b?.list, c?.list]).toEqual(['n2 n3', 'n2 n3']);
    expect((b?.fence ?? '') > (a?.fence ?? '')).toBe(true);
    const next = b?.setState() ?? 0;
    stage.run(1_000);
    expect(b?.answer(next)).toBe('approved');
    stage.mend();
    stage.run(10_000);
    expect(a?.removed).toBe('node-failure');
    expect([a?.messages, c?.messages]).toEqual([[], []]);
    expect(c?.state).toBe(`${b?.label}:1`);
    stage.rest();
  });

  test('its late messages reach those that have another leader, and are ignored', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    stage.stall('n1', 'n2', 9_000);
    stage.stall('n1', 'n3', 9_000);
    a?.send('agreed');
    stage.run(100);
    stage.part(['n1'], ['n2', 'n3', 'ns']);
    stage.run(5_000);
    b?.send('safe');
    stage.mend();
    stage.run(10_000);
    expect(a?.removed).toBe('node-failure');
    expect([b?.messages, c?.messages]).toEqual([[`${b?.label}:1`], [`${b?.label}:1`]]);
    stage.rest();
  });
});

describe('root 7: a fence names one list', () => {
  test('also where results are agreed, and a leader that is cut off goes on alone', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3, { delivery: 'agreed' });
    stage.part(['n1'], ['n2', 'n3', 'ns']);
    a?.send('agreed');
    const beside = stage.process('n1');
    beside.join('g');
    const proposal = a?.setState() ?? 0;
    stage.run(10_000);
    // What may be lost is shown up to where a list would follow; that waits for everybody.
    expect([a?.messages, a?.answer(proposal)]).toEqual([[`${a?.label}:1`], undefined]);
    expect([a?.list, beside.provider]).toEqual(['n1 n2 n3', undefined]);
    expect([b?.list, c?.list]).toEqual(['n2 n3', 'n2 n3']);
    expect(b?.fence).toBe(c?.fence);
    expect((b?.fence ?? '') > (a?.fence ?? '')).toBe(true);
    stage.rest();
    expect(beside.list).toBe('n2 n3 n1');
  });
});

describe('root 9: one slow peer blocks everybody', () => {
  test('a member behind a link of 50 bytes a second goes; everybody else gets everything', () => {
    const stage = new Stage({ daemons: 3, limits: { maxUnstableMessages: 16 } });
    const [a, b] = stage.members(3);
    stage.slow('n1', 'n3', 0.05);
    const last = Array.from({ length: 100 }, () => a?.send('safe', 1000) ?? 0).at(-1) ?? 0;
    stage.run(20_000);
    expect(a?.answer(last)).toBe('message');
    expect(a?.messages).toHaveLength(100);
    expect(b?.messages).toEqual(a?.messages);
    expect([a?.list, b?.list]).toEqual(['n1 n2', 'n1 n2']);
    stage.rest();
  });

  test('a process that does not read is disconnected when its buffer is full; the others notice a leave', () => {
    const stage = new Stage({ daemons: 2, limits: { clientBufferBytes: 16 * 1024 } });
    const [a, b] = stage.members(2);
    const beside = stage.process('n2');
    beside.join('g');
    stage.run(500);
    b?.stopReading();
    for (let i = 0; i < 100; i += 1) {
      a?.send('agreed', 1000);
      stage.run(50);
    }
    expect(b?.closed).toBe(true);
    expect(beside.messages).toHaveLength(100);
    expect([a?.list, beside.list]).toEqual(['n1 n2', 'n1 n2']);
    stage.rest();
  });
});

describe('root 10: leftovers of an aborted round are replayed later', () => {
  test('a takeover whose claimant dies is begun anew by the next; its late messages change nothing', () => {
    const stage = new Stage({ daemons: 4 });
    const [, , c, d] = stage.members(4);
    let begun = 0;
    stage.atBranch('n2', 'takeover', () => {
      begun += 1;
      stage.stall('n2', 'n3', 12_000);
      stage.stall('n2', 'n4', 12_000);
    });
    stage.daemon('n1').crash('crashes');
    stage.run(1_500);
    expect(begun).toBe(1);
    stage.daemon('n2').crash('crashes');
    stage.run(4_000);
    expect([c?.list, d?.list]).toEqual(['n3 n4', 'n3 n4']);
    c?.send('safe');
    stage.run(20_000);
    d?.send('safe');
    stage.run(2_000);
    const sent = [`${c?.label}:1`, `${d?.label}:1`];
    expect([c?.messages, d?.messages]).toEqual([sent, sent]);
    expect([c?.list, d?.list]).toEqual(['n3 n4', 'n3 n4']);
    stage.rest();
  });

  test('first multicasts that reached one member only are cut away or kept by all, and come once', () => {
    const stage = new Stage({ daemons: 3 });
    const [a, b, c] = stage.members(3);
    stage.cut(['n1'], ['n3']);
    a?.send('agreed');
    b?.send('agreed');
    stage.run(50);
    stage.daemon('n1').crash('crashes');
    stage.run(10_000);
    expect([b?.list, c?.list]).toEqual(['n2 n3', 'n2 n3']);
    expect(b?.messages).toEqual([`${a?.label}:1`, `${b?.label}:1`]);
    expect(c?.messages).toEqual(b?.messages);
    stage.rest();
  });
});
