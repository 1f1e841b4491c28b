import { constants, setPriority } from 'node:os';
import { connect, type GroupServices, type Provider } from '@group-services/client';
import { monotonicNs } from '../member/monotonic.js';
import { bytesRead } from './bytes-read.js';
import type { CrowdJoin, CrowdResult } from './crowd-calls.js';

/** Many connections of one process; for the daemon each is a process of its own. */
export class Crowd {
  readonly #connections: readonly GroupServices[];

  private constructor(connections: readonly GroupServices[]) {
    this.#connections = connections;
  }

  /**
   * A crowd comes from many hosts. Here it shares its processors with the daemons, and would take them
   * away for longer than their heartbeats allow.
   */
  static async connect(endpoint: string, count: number): Promise<Crowd> {
    setPriority(constants.priority.PRIORITY_LOW);
    const connections: GroupServices[] = [];
    for (let index = 0; index < count; index += 1) connections.push(await connect({ endpoint }));
    return new Crowd(connections);
  }

  /** Each connection joins, at once or after the one before; done when each sees the whole group. */
  async join(order: CrowdJoin): Promise<CrowdResult> {
    const before = bytesRead();
    const firstCallNs = monotonicNs();
    const joins = await (order.atOnce ? this.#atOnce(order) : this.#inTurn(order));
    const lastJoinedNs = Math.max(...joins.map(({ joinedNs }) => joinedNs));
    const seen = await Promise.all(joins.map(({ complete }) => complete));
    const after = bytesRead();
    return {
      firstCallNs,
      lastJoinedNs,
      allSeenNs: Math.max(...seen.map(({ atNs }) => atNs)),
      lists: Math.max(...seen.map(({ lists }) => lists)),
      bytesRead: before === undefined || after === undefined ? undefined : after - before,
    };
  }

  #atOnce(order: CrowdJoin): Promise<readonly OneJoin[]> {
    return Promise.all(this.#connections.map((services) => joinOne(services, order)));
  }

  async #inTurn(order: CrowdJoin): Promise<readonly OneJoin[]> {
    const joins: OneJoin[] = [];
    for (const services of this.#connections) joins.push(await joinOne(services, order));
    return joins;
  }
}

interface OneJoin {
  readonly joinedNs: number;
  /** Settles when this provider sees the whole group. */
  readonly complete: Promise<{ readonly atNs: number; readonly lists: number }>;
}

async function joinOne(services: GroupServices, order: CrowdJoin): Promise<OneJoin> {
  const { group, batch, joinPhases, expected } = order;
  const provider = await services.join(group, { attributes: { batch, joinPhases }, timeout: 0 });
  return { joinedNs: monotonicNs(), complete: completeView(provider, expected) };
}

function completeView(provider: Provider, expected: number): OneJoin['complete'] {
  return new Promise((resolve) => {
    const look = () => {
      const { providers, version } = provider.view;
      if (providers.length !== expected) return;
      remove();
      resolve({ atNs: monotonicNs(), lists: version });
    };
    const remove = provider.on('membership', look);
    look();
  });
}
