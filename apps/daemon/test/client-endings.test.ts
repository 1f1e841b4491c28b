import {
  decodeToClient,
  encodeFromClient,
  type FromClient,
  joinFrame,
  type ToClient,
} from '@group-services/wire';
import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { RawConnection } from './harness/raw-connection.js';
import { test } from './harness/test.js';
import { join } from './harness/watched.js';

/** What it says next, signs of life aside. */
async function nextOf(raw: RawConnection): Promise<ToClient> {
  const decoded = decodeToClient(await raw.frame());
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
}

function say(raw: RawConnection, message: FromClient): void {
  raw.writeFrame(joinFrame(encodeFromClient(message)));
}

describe('a daemon that ends a connection says why', () => {
  test('when it stops, and it refuses those who come meanwhile', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    const near = await domain.connect('n1');
    const leading = await join(await domain.connect('n2'), 'g', { instance: 'a' });
    const stopped = await join(near, 'g', { instance: 'b' });
    await leading.listIs(['n2/a', 'n1/b']);
    // It cannot leave in order while the leader stands still, so its stop takes some time.
    domain.daemon('n2').program.signal('SIGSTOP');
    const { program } = domain.daemon('n1');
    program.signal('SIGTERM');
    expect((await near.closed)?.message).toContain('the daemon is stopping');
    await expect(domain.connect('n1')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('is stopping'),
    });
    await program.ended;
    await stopped.over;
    expect(stopped.events.at(-1)).toMatchObject({ type: 'removed', reason: 'daemon-stopped' });
  });

  test('when a process has not read for too long', async ({ startDomain }) => {
    const little =
      '--client-buffer 256KiB --max-unstable 64KiB --pressure-mark 64KiB --max-message 128KiB'.split(
        ' ',
      );
    const domain = await startDomain({ nodes: ['n1'], daemon: little });
    const daemon = domain.daemon('n1');
    const raw = await RawConnection.open(daemon.endpoint);
    await raw.greet({ name: 'reads late' });
    const options = { group: 'g' as never, attributes: {}, timeout: 0 };
    say(raw, { kind: 'join', request: 1, handle: 1, ...options });
    expect((await nextOf(raw)).kind).toBe('joined');
    // Without the library it is the daemon that keeps to what its operator has set.
    const payload = new Uint8Array(128 * 1024 + 1);
    say(raw, { kind: 'send', request: 2, handle: 1, safe: false, payload });
    expect(await nextOf(raw)).toMatchObject({ code: 'INVALID_ARGUMENT', limit: 'message' });
    raw.pause();
    const other = await join(await domain.connect('n1'), 'g');
    const isGivenUp = (): boolean =>
      daemon.program.errors.some((line) => line.includes('client is disconnected'));
    while (!isGivenUp()) await other.handle.send(new Uint8Array(30_000));
    raw.resume();
    let last = await nextOf(raw);
    while (last.kind !== 'closing') last = await nextOf(raw);
    expect(last.why).toContain('--client-buffer');
    expect(last.reason).toBe('overloaded');
    await raw.closed();
    await eventually('it is out of the list', () => other.list.length === 1);
    // Lines about a process name it.
    for (const said of ['a process slows its group down', 'client is disconnected']) {
      const line = daemon.program.errors.find((it) => it.includes(said));
      expect(line).toContain('"clientName":"reads late"');
    }
    expect(other.of('membership').at(-1)?.left).toMatchObject([
      { reason: 'process-failure', detail: 'overloaded' },
    ]);
  });
});
