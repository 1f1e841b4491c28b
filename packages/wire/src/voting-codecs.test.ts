import { describe, expect, test } from 'vitest';
import { decodeOrdered, decodeProposal, encodeOrdered, encodeProposal } from './body-codecs.js';
import {
  decodeFromClient,
  decodeToClient,
  encodeFromClient,
  encodeToClient,
} from './client-frames.js';
import { FRAME, joinFrame } from './frame.js';

const ZERO = [0, 0, 0, 0, 0, 0, 0, 0];
const MUCH = [0xff, 0xff, 0xff, 0xff];

/** Nothing that is refused may take long: a count alone must not make anybody loop. */
describe('votes to the leader', () => {
  const head = [FRAME.vote, ...ZERO, ...ZERO, ...ZERO];
  const read = (...bytes: readonly number[]) =>
    decodeProposal(Uint8Array.from([...head, ...bytes])).ok;

  test('one that approves', () => {
    expect(read(0, 0, 0, 1, 0, 0, 0, 2, 0, 0)).toBe(true);
  });

  test.each([
    ['none', [0, 0, 0, 0]],
    ['more than follow', [0, 0, 0, 2, 0, 0, 0, 2, 0, 0]],
    ['more than there can be', MUCH],
    ['a value that there is not', [0, 0, 0, 1, 0, 0, 0, 2, 4, 0]],
    ['a flag without a meaning', [0, 0, 0, 1, 0, 0, 0, 2, 0, 16]],
    ['a default vote that is none', [0, 0, 0, 1, 0, 0, 0, 2, 0, 8]],
    ['a message longer than the rest', [0, 0, 0, 1, 0, 0, 0, 2, 0, 2, ...MUCH, 1]],
    ['bytes behind the last', [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]],
  ])('refused: %s', (_what, bytes) => {
    expect(read(...bytes)).toBe(false);
  });

  test('more than one message may have', () => {
    const votes = Array.from({ length: 10_001 }, (_, no) => ({ no, value: 'approve' as const }));
    const body = encodeProposal({ kind: 'votes', low: 1, protocol: 1, phase: 1, votes });
    expect(decodeProposal(body).ok).toBe(false);
  });
});

describe('results', () => {
  const head = [FRAME.result, ...ZERO, ...ZERO];
  const read = (...bytes: readonly number[]) =>
    decodeOrdered(Uint8Array.from([...head, ...bytes])).ok;

  test('one without causes and riders', () => {
    expect(read(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toBe(true);
  });

  test.each([
    ['an outcome that there is not', [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a default vote that is none', [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['more causes than there can be', [1, 0, ...MUCH]],
    ['a cause that there is not', [1, 0, 0, 0, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0]],
    ['a cause by nobody', [1, 0, 0, 0, 0, 1, 0, 0, 1, 0x61, 0, 0, 0, 0, 0]],
    ['more riders than there can be', [1, 0, 0, 0, 0, 0, ...MUCH]],
    ['a flag without a meaning', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]],
    ['bytes behind it', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('refused: %s', (_what, bytes) => {
    expect(read(...bytes)).toBe(false);
  });
});

describe('starts', () => {
  const start = {
    kind: 'start',
    protocol: 'barrier',
    proposer: 'n1/p1',
    requests: [],
    change: { kind: 'none' },
    voting: { voters: [1], defaultVote: 'approve', timeLimit: 0, phases: 1, maxPhases: 0 },
  } as const;
  const bytes = encodeOrdered({ ...start, requests: [], voting: { ...start.voting, voters: [1] } });
  /** Where the numbers of requests and of voters begin. */
  const REQUESTS = 1 + 3 + 6;
  const VOTERS = bytes.length - 8;

  function changed(at: number, ...values: readonly number[]): Uint8Array {
    const copy = bytes.slice();
    copy.set(values, at);
    return copy;
  }

  test('of a barrier', () => {
    expect(decodeOrdered(bytes)).toEqual({ ok: true, value: start });
  });

  test.each([
    ['a kind that there is not', changed(1, 8)],
    ['a change that there is not', changed(2, 3)],
    ['what is safe without a message', changed(3, 3)],
    ['a proposer that is none', changed(5, 0x2f)],
    ['more requests than there can be', changed(REQUESTS, ...MUCH)],
    ['a default vote that is none', changed(REQUESTS + 4, 2)],
    ['a time limit beyond what timers know', changed(REQUESTS + 5, 0x80)],
    ['phases that there are not', changed(VOTERS - 1, 3)],
    ['more voters than there can be', changed(VOTERS, ...MUCH)],
    ['bytes behind a change of nothing', Uint8Array.from([...bytes, 0])],
  ])('refused: %s', (_what, hostile) => {
    expect(decodeOrdered(hostile).ok).toBe(false);
  });

  test.each([0, 1_000_001])('refused: exactly %i phases', (exactly) => {
    const body = encodeOrdered({
      ...start,
      requests: [],
      voting: { ...start.voting, voters: [1], phases: { exactly } },
    });
    expect(decodeOrdered(body).ok).toBe(false);
  });

  test('refused: an origin that is no membership', () => {
    const origin = 'n1.1' as never;
    const body = encodeOrdered({
      ...start,
      requests: [{ origin, n: 1, low: 1 }],
      voting: undefined,
    });
    expect(decodeOrdered(body).ok).toBe(false);
  });
});

describe('between process and daemon', () => {
  const protocol = { id: '7.60', kind: 'barrier' } as const;
  const approved = joinFrame(
    encodeToClient({ kind: 'approved', handle: 1, position: 61, protocol, phases: 1 }),
  );
  const ballot = joinFrame(
    encodeToClient({
      kind: 'ballot',
      handle: 1,
      protocol,
      phase: 1,
      joining: [],
      leaving: [],
      fence: '7-1',
      causes: [],
      defaultVote: 'approve',
      timeLeft: 1,
    }),
  );
  const vote = joinFrame(
    encodeFromClient({ kind: 'vote', handle: 1, protocol: '7.60', phase: 1, value: 'approve' }),
  );

  test.each([
    ['what is approved', approved, decodeToClient],
    ['ballot', ballot, decodeToClient],
    ['vote', vote, decodeFromClient],
  ])('refused: %s with bytes behind it, or with a rest of no kind', (_what, frame, decode) => {
    expect(decode(frame).ok).toBe(true);
    expect(decode(Uint8Array.from([...frame, 0])).ok).toBe(false);
    expect(decode(Uint8Array.from([...frame.subarray(0, -1), 0x80])).ok).toBe(false);
  });

  test.each([
    ['what is approved', approved],
    ['ballot', ballot],
  ])('refused: %s with a map that is none, or of other values', (_what, frame) => {
    const map = [...frame.subarray(0, -1), 2];
    expect(decodeToClient(Uint8Array.from([...map, 0xc1])).ok).toBe(false);
    // { causes: 1 }
    const causes = [0x81, 0xa6, ...[...'causes'].map((c) => c.charCodeAt(0)), 1];
    expect(decodeToClient(Uint8Array.from([...map, ...causes])).ok).toBe(false);
  });

  test('refused: a ballot with more time left than timers know', () => {
    const copy = ballot.slice();
    copy[copy.length - 5] = 0x80;
    expect(decodeToClient(copy).ok).toBe(false);
  });
});
