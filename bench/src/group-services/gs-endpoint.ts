import { connect, type Provider } from '@group-services/client';
import type { DeliveryHandler, Endpoint } from '../member/endpoint.js';
import { monotonicNs } from '../member/monotonic.js';

/** A membership list as this member came to see it. */
interface SeenView {
  readonly atNs: number;
  readonly providers: number;
}

/** A member of the group under test, on the SDK as any user would have it. */
export class GroupServicesEndpoint implements Endpoint {
  readonly #provider: Provider;
  readonly #views: SeenView[] = [];
  #changed: () => void = () => undefined;

  private constructor(provider: Provider, deliver: DeliveryHandler) {
    this.#provider = provider;
    this.#views.push({ atNs: monotonicNs(), providers: provider.view.providers.length });
    provider.on('message', (event) => deliver(event.message, 0));
    provider.on('membership', (event) => {
      this.#views.push({ atNs: monotonicNs(), providers: event.view.providers.length });
      this.#changed();
    });
  }

  static async open(
    endpoint: string,
    group: string,
    deliver: DeliveryHandler,
  ): Promise<GroupServicesEndpoint> {
    const services = await connect({ endpoint });
    return new GroupServicesEndpoint(await services.join(group), deliver);
  }

  send(message: Uint8Array): void {
    // Its own delivery says that it has come; a failure ends the process, and the run with it.
    void this.#provider.send(message);
  }

  /** When the newest list with so many providers was seen; waits for it. */
  async viewOf(providers: number): Promise<number> {
    for (;;) {
      const newest = this.#views.at(-1);
      if (newest?.providers === providers) return newest.atNs;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
