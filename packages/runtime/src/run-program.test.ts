import { InvariantViolation } from '@group-services/core';
import { TransportError } from '@group-services/transport';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createLogger } from './logger.js';
import {
  type ProcessPort,
  ProgramFailure,
  type RunningProgram,
  runProgram,
  type StartContext,
} from './run-program.js';

class FakeProcess implements ProcessPort {
  atTerminal = false;
  terminalIsThere = true;
  readonly told: string[] = [];
  readonly manager = {
    signOfLifeMs: undefined,
    tell: (state: string) => void this.told.push(state),
  };
  readonly printed: string[] = [];
  readonly statuses: number[] = [];
  readonly #signals = new Map<string, () => void>();
  #uncaught: (error: unknown) => void = () => {};

  hasTerminal(): boolean {
    return this.terminalIsThere;
  }

  onSignal(signal: string, handle: () => void): void {
    this.#signals.set(signal, handle);
  }

  onUncaught(handle: (error: unknown) => void): void {
    this.#uncaught = handle;
  }

  print(text: string): void {
    this.printed.push(text);
  }

  exit(status: number): void {
    this.statuses.push(status);
  }

  signal(name: string): void {
    this.#signals.get(name)?.();
  }

  throwUncaught(error: unknown): void {
    this.#uncaught(error);
  }
}

function run(start: (context: StartContext) => Promise<RunningProgram>) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const port = new FakeProcess();
  const logger = createLogger({ name: 'gsx', pretty: false, destination });
  runProgram({ logger, start, process: port });
  const fatal = () => lines.filter((line) => line['level'] === 'fatal').map((line) => line['msg']);
  return { port, lines, fatal, logger };
}

const serving =
  (stop: () => Promise<void> = async () => {}) =>
  async () => ({
    ready: { node: 'n1', listen: 'tcp://127.0.0.1:1' },
    stop,
  });

/** Lets promises settle; time stands still. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('runProgram', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('prints one ready line when it can serve, and nothing else', async () => {
    const { port } = run(serving());
    expect(port.printed).toEqual([]);
    await settle();
    expect(port.printed).toEqual(['{"ready":true,"node":"n1","listen":"tcp://127.0.0.1:1"}\n']);
    expect(port.statuses).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'])('stops in order on %s', async (signal) => {
    const stop = vi.fn(async () => {});
    const { port } = run(serving(stop));
    await settle();
    port.signal(signal);
    await settle();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(port.statuses).toEqual([0]);
  });

  it('stops in order when the terminal that it was started at is closed, once', async () => {
    const { port, lines } = run(serving());
    port.atTerminal = true;
    port.terminalIsThere = false;
    await settle();
    port.signal('SIGHUP');
    port.signal('SIGHUP');
    await settle();
    expect(port.statuses).toEqual([0]);
    expect(lines).toContainEqual(expect.objectContaining({ signal: 'SIGHUP', msg: 'stopping' }));
  });

  it.each([true, false])('reads its files again on a hang-up, at a terminal %s', async (at) => {
    let reloads = 0;
    const { port } = run(async () => ({
      ...(await serving()()),
      reload: () => {
        reloads += 1;
      },
    }));
    port.atTerminal = at;
    await settle();
    port.signal('SIGHUP');
    await settle();
    expect({ statuses: port.statuses, reloads }).toEqual({ statuses: [], reloads: 1 });
    expect(port.told).toEqual(['READY=1', 'RELOADING=1', 'READY=1']);
  });

  it('goes on when a file cannot be read again, and says so', async () => {
    const { port, lines } = run(async () => ({
      ...(await serving()()),
      reload: async () => {
        throw new Error('no such file');
      },
    }));
    await settle();
    port.signal('SIGHUP');
    await settle();
    expect(port.statuses).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', msg: 'not all files could be read again' }),
    );
  });

  it('stops at once on the second signal', async () => {
    const { port } = run(serving(() => new Promise(() => {})));
    await settle();
    port.signal('SIGTERM');
    await settle();
    expect(port.statuses).toEqual([]);
    port.signal('SIGINT');
    expect(port.statuses).toEqual([130]);
  });

  it('ends a stop that takes longer than 5 seconds', async () => {
    const { port } = run(serving(() => new Promise(() => {})));
    await settle();
    port.signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(4999);
    expect(port.statuses).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(port.statuses).toEqual([1]);
  });

  it('reports a stop that fails', async () => {
    const { port, lines } = run(serving(() => Promise.reject(new Error('no'))));
    await settle();
    port.signal('SIGTERM');
    await settle();
    expect(port.statuses).toEqual([1]);
    expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'the orderly stop failed' });
  });

  it('stops during the start: tells the start, and prints no ready line', async () => {
    const gaveUp = run(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('gave up')));
        }),
    );
    gaveUp.port.signal('SIGTERM');
    await settle();
    expect(gaveUp.port.statuses).toEqual([0]);
    expect(gaveUp.fatal()).toEqual([]);

    const stop = vi.fn(async () => {});
    const late = run(async () => await serving(stop)());
    late.port.signal('SIGTERM');
    await settle();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(late.port.statuses).toEqual([0]);
    expect(late.port.printed).toEqual([]);
  });

  it.each([
    [new ProgramFailure('the name server refuses the domain'), ''],
    [
      new TransportError('address-in-use', 'tcp://a:1', { message: 'cannot listen at tcp://a:1' }),
      "; see who: ss -ltnp 'sport = :1'",
    ],
  ])('says in one line why it cannot start, and what to type next', async (error, next) => {
    const { port, fatal, lines } = run(() => Promise.reject(error));
    await settle();
    expect(port.statuses).toEqual([1]);
    expect(fatal()).toEqual([`cannot start: ${error.message}${next}`]);
    expect(JSON.stringify(lines)).not.toContain('stack');
  });

  it('fails while it serves: one line, an orderly stop, exit status 1', async () => {
    const contexts: StartContext[] = [];
    const stop = vi.fn(async () => {});
    const { port, fatal } = run((context) => {
      contexts.push(context);
      return serving(stop)();
    });
    await settle();
    contexts[0]?.fail(new ProgramFailure('the node name is held by a newer incarnation'));
    contexts[0]?.fail(new ProgramFailure('again'));
    await settle();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(fatal()).toEqual(['the node name is held by a newer incarnation']);
    expect(port.statuses).toEqual([1]);
  });

  it('exits with 70 when a guarantee of ours does not hold', async () => {
    const { port, fatal, lines, logger } = run(serving());
    await settle();
    logger.debug('what led to it');
    port.throwUncaught(new InvariantViolation('versions never run backwards'));
    expect(port.statuses).toEqual([70]);
    expect(fatal()).toEqual([
      'a guarantee of this program does not hold: versions never run backwards',
    ]);
    expect(lines.at(-1)).toHaveProperty(['err', 'stack']);
    // Also what the level has held back.
    expect(lines.at(-2)).toMatchObject({ level: 'debug', msg: 'what led to it' });
  });

  it('exits with 70 on any other error that nobody handled, also in the start', async () => {
    const later = run(serving());
    later.port.throwUncaught('not even an error');
    expect(later.port.statuses).toEqual([70]);
    const start = run(() => Promise.reject(new RangeError('defect')));
    await settle();
    expect(start.port.statuses).toEqual([70]);
    expect(start.fatal()).toEqual(['an error that nobody handled']);
  });
});
