import { connect, type GroupServices, type Provider } from '@group-services/client';
import { monotonicNs } from '../member/monotonic.js';
import type { HerdJoin, HerdJoined } from './herd-calls.js';

/** A daemon admits 1,024 memberships of one connection. */
const GROUPS_PER_CONNECTION = 500;
const TIMEOUT_MS = 120_000;

/** One process that is in very many groups. */
export class Herd {
  readonly #providers = new Set<Provider>();
  #lost = 0;
  /** How many providers are waited for, and who does not see as many. */
  #wanted = 0;
  #missing = new Set<Provider>();
  #seen: (atNs: number) => void = () => undefined;

  get lost(): number {
    return this.#lost;
  }

  /** All at once. */
  async join({ endpoint, from, to }: HerdJoin): Promise<HerdJoined> {
    const connections: GroupServices[] = [];
    for (let at = from; at < to; at += GROUPS_PER_CONNECTION) {
      connections.push(await connect({ endpoint }));
    }
    const firstCallNs = monotonicNs();
    const joins = Array.from({ length: to - from }, async (_, index) => {
      const services = connections[Math.floor(index / GROUPS_PER_CONNECTION)] as GroupServices;
      this.#add(await services.join(`herd-${from + index}`, { timeout: TIMEOUT_MS }));
    });
    const settled = await Promise.allSettled(joins);
    const failed = settled.filter(({ status }) => status === 'rejected').length;
    return { firstCallNs, settledNs: monotonicNs(), failed };
  }

  sees(providers: number): Promise<number> {
    this.#wanted = providers;
    this.#missing = new Set(this.#providers);
    for (const provider of this.#providers) this.#look(provider);
    return new Promise((resolve) => {
      this.#seen = resolve;
      this.#settle();
    });
  }

  #add(provider: Provider): void {
    this.#providers.add(provider);
    provider.on('membership', () => {
      this.#look(provider);
      this.#settle();
    });
    provider.on('removed', () => {
      this.#providers.delete(provider);
      this.#missing.delete(provider);
      this.#lost += 1;
      this.#settle();
    });
  }

  #look(provider: Provider): void {
    if (provider.view.providers.length === this.#wanted) this.#missing.delete(provider);
    else this.#missing.add(provider);
  }

  #settle(): void {
    if (this.#missing.size > 0) return;
    this.#seen(monotonicNs());
    this.#seen = () => undefined;
  }
}
