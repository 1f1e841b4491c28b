import { type Engine, type Instant, NEVER } from '@group-services/core';
import type { DaemonInput, DaemonOutput } from '@group-services/daemon-engine';
import { DEFAULT_ATTRIBUTES, type FromClient, type ToClient } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { runSeed } from '../src/run/run-seed.js';
import { type Engines, PRODUCTION } from '../src/world/engines.js';

/** Daemons that are wrong on purpose show that a whole run finds what its checkers look for. */

type Answer = (message: FromClient, client: number) => readonly ToClient[];

class ToyDaemon implements Engine<DaemonInput, DaemonOutput> {
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  step(input: DaemonInput): readonly DaemonOutput[] {
    if (input.kind === 'stop') return [{ kind: 'stopped' }];
    if (input.kind !== 'fromClient') return [];
    const { client } = input;
    return this.#answer(input.message, client).map((message) => ({
      kind: 'toClient',
      client,
      message,
    }));
  }

  deadline(): Instant {
    return NEVER;
  }
}

function withDaemon(answer: () => Answer): Engines {
  return { ...PRODUCTION, daemon: () => new ToyDaemon(answer()) };
}

function refuse(message: FromClient): readonly ToClient[] {
  if (!('request' in message)) return [];
  if (message.kind === 'close') return [{ kind: 'done', request: message.request }];
  return [{ kind: 'refused', request: message.request, code: 'UNAVAILABLE', text: 'toy' }];
}

/** Every daemon forms every group for itself: it elects itself because nobody answered. */
function loner(): Answer {
  let position = 0;
  return (message) => {
    if (message.kind !== 'join') return refuse(message);
    position += 1;
    const fence = `${'1'.padStart(16, '0')}-${String(position).padStart(16, '0')}`;
    const provider = `n1/${Math.floor(position)}`;
    const view = { version: position, fence, providers: [provider], numbers: [position] };
    return [
      {
        kind: 'joined',
        request: message.request,
        handle: message.handle,
        provider,
        attributes: DEFAULT_ATTRIBUTES,
        snapshot: { view, stateValue: null, position },
      },
    ];
  };
}

const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

function checkersThatFired(engines: Engines): ReadonlySet<string | undefined> {
  return new Set(seeds.map((seed) => runSeed({ seed, engines }).failure?.checker));
}

describe('a whole run with a toy daemon', () => {
  test('one that refuses everything is clean, whatever happens to it', () => {
    const engines = withDaemon(() => refuse);
    for (const seed of seeds) expect(runSeed({ seed, engines }).failure).toBeUndefined();
  });

  test('one that never answers is found', () => {
    expect(checkersThatFired(withDaemon(() => () => []))).toContain('one-answer');
  });

  test('one that answers twice is found', () => {
    const twice: Answer = (message) => [...refuse(message), ...refuse(message)];
    expect(checkersThatFired(withDaemon(() => twice))).toContain('one-answer');
  });

  test('one that forms groups on its own is found', () => {
    const fired = [...checkersThatFired(withDaemon(loner))];
    expect(fired.some((name) => name === 'view-sequence' || name === 'convergence')).toBe(true);
  });

  test('one seed replays byte for byte, two seeds differ', () => {
    const engines = withDaemon(() => refuse);
    const digests = [1, 1, 2].map((seed) => runSeed({ seed, engines }).digest);
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });
});
