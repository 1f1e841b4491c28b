import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Provider } from '../src/index.js';
import { ballotFrame, bytes, FakeDaemon, joinedProvider } from './fake-daemon.js';

/**
 * Own messages with their results, and now and then a barrier that is voted on. `HEAP_EVENTS=1000000`
 * makes it the long run.
 */
const EVENTS = Number(process.env['HEAP_EVENTS'] ?? 40_000);
const VOTE_EVERY = 100;
/** The heap breathes by some hundred KiB; a single reference kept per event would be more. */
const NOISE_BYTES = 1024 * 1024;

it('keeps nothing of events that were consumed', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const joined = await joinedProvider(daemon, services, 'g', { vote: () => 'approve' });
  let consumed = 0;
  const reading = (async () => {
    for await (const _event of joined.provider) consumed += 1;
  })();
  joined.provider.on('message', () => {});

  const exchange = new Exchange(daemon, joined);
  await exchange.run(EVENTS / 3);
  collect();
  const before = process.memoryUsage().heapUsed;
  await exchange.run(EVENTS);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  expect(grown).toBeLessThan(NOISE_BYTES);
  daemon.send({ kind: 'removed', handle: joined.handle, position: 10 ** 9, reason: 'expel' });
  await reading;
  expect(consumed).toBeGreaterThan(EVENTS);
}, 600_000);

interface Joined {
  readonly provider: Provider;
  readonly handle: number;
}

/** A group with one provider, whose daemon answers everything at the next position. */
class Exchange {
  readonly #daemon: FakeDaemon;
  readonly #joined: Joined;
  #position = 10;

  constructor(daemon: FakeDaemon, joined: Joined) {
    this.#daemon = daemon;
    this.#joined = joined;
  }

  async run(count: number): Promise<void> {
    const message = bytes('a message of some bytes');
    const { provider, handle } = this.#joined;
    for (let sent = 0; sent < count; sent += 1) {
      this.#position += 1;
      const position = this.#position;
      const sending = provider.send(message);
      const { request, payload } = await this.#daemon.next('send');
      this.#daemon.send({ kind: 'message', handle, position, from: 1, request, payload });
      await sending;
      if (sent % VOTE_EVERY === 0) await this.#vote();
    }
  }

  async #vote(): Promise<void> {
    this.#position += 1;
    const position = this.#position;
    const { handle } = this.#joined;
    const protocol = { id: `7.${position}`, kind: 'barrier' } as const;
    this.#daemon.send(ballotFrame(handle, { protocol }));
    await this.#daemon.next('vote');
    this.#daemon.send({ kind: 'approved', handle, position, protocol, phases: 1 });
  }
}
