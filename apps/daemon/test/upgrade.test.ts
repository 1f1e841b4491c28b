import type { Provider } from '@group-services/client';
import { describe, expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, text, type Watched } from './harness/watched.js';

/** B10: programs that speak different minors of the wire format side by side, and replaced one by one. */

const NODES = ['n1', 'n2', 'n3'] as const;
const OLD = ['--wire-minor', '0'];
const NEW = ['--wire-minor', '1'];
/** Nobody fails here, and a machine that is busy with other tests must not look like a failure. */
const PATIENT = ['--suspect-after', '20s', '--heartbeat', '500ms'];

/** The version and minor that a daemon says that it speaks. */
async function wireOf(domain: TestDomain, node: string): Promise<string | undefined> {
  const metrics = await fetch(`${domain.daemon(node).admin}/metrics`);
  return /build_info\{.*wire="([^"]*)"/u.exec(await metrics.text())?.[1];
}

/** What somebody proposes all the time, with and without a vote, until it is told to stop. */
class Load {
  readonly failures: unknown[] = [];
  approved = 0;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(member: Watched<Provider>) {
    this.#done = this.#run(member);
  }

  async #run({ handle }: Watched<Provider>): Promise<void> {
    for (let i = 0; !this.#isOver && this.failures.length === 0; i += 1) {
      const value = bytes(`${handle.id} ${i}`);
      const asked = [
        handle.changeState(value),
        handle.send(value),
        handle.changeState(value, { phases: 'voting' }),
      ];
      for (const outcome of await Promise.allSettled(asked)) {
        if (outcome.status === 'rejected') this.failures.push(outcome.reason);
        else this.approved += 1;
      }
    }
  }

  /** Some more are approved: the group goes on. */
  async goesOn(): Promise<void> {
    const before = this.approved;
    await eventually('proposals are approved', () => {
      return this.failures.length > 0 || this.approved >= before + 9;
    });
    expect(this.failures).toEqual([]);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
    expect(this.failures).toEqual([]);
  }
}

/** What a member was told of messages and states behind a position. */
function toldBehind(member: Watched<Provider>, position: number): readonly string[] {
  return member.events.flatMap((event) => {
    if (event.type !== 'state' && event.type !== 'message') return [];
    const value = event.type === 'state' ? event.stateValue : event.message;
    return event.position > position ? [`${event.position} ${event.type} ${text(value)}`] : [];
  });
}

describe('a domain of two releases (B10)', () => {
  test('its programs are replaced one by one under load, and no proposal fails', {
    // Eight programs are started, one after the other: seconds, where nothing else runs.
    timeout: 240_000,
  }, async ({ startDomain, bench }) => {
    const store = ['--store', `file:${bench.path('store')}`];
    const daemon = [...PATIENT, ...OLD];
    const domain = await startDomain({ nameServer: [...store, ...OLD], daemon });
    const members = new Map<string, Watched<Provider>>();
    const loads = new Map<string, Load>();
    const begin = async (node: string): Promise<void> => {
      const member = await join(await domain.connect(node), 'busy', { instance: 'p' });
      members.set(node, member);
      loads.set(node, new Load(member));
    };
    const end = async (node: string): Promise<void> => {
      await loads.get(node)?.end();
      loads.delete(node);
    };
    for (const node of NODES) await begin(node);
    expect(await wireOf(domain, 'n1')).toBe('1.0');
    // As docs/OPERATIONS.md says: the name server first, then one node after the other.
    await domain.nameServer.program.stop();
    await domain.nameServer.start(...NEW);
    for (const node of NODES) {
      await end(node);
      await members.get(node)?.handle.leave();
      await domain.daemon(node).program.stop();
      for (const load of loads.values()) await load.goesOn();
      await domain.daemon(node).start(...NEW);
      await begin(node);
      for (const load of loads.values()) await load.goesOn();
    }
    expect(await wireOf(domain, 'n3')).toBe('1.1');
    for (const node of NODES) await end(node);
    // Whoever came last has seen the same as all others since, whichever release told them.
    const last = members.get('n3');
    const from = last?.of('state')[0]?.position ?? 0;
    const position = last?.events.at(-1)?.position ?? 0;
    for (const member of members.values()) {
      await eventually('has all', () => member.events.some((it) => it.position === position));
      expect(toldBehind(member, from)).toEqual(last && toldBehind(last, from));
    }
    expect(last && toldBehind(last, from).length).toBeGreaterThan(0);
  });
});
