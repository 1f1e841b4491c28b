import { connect, type Provider } from '@group-services/client';
import type { DeliveryHandler, Endpoint } from '../member/endpoint.js';
import { monotonicNs } from '../member/monotonic.js';
import { BarrierDoor } from './barrier-door.js';

/** A membership list as this member came to see it. */
interface SeenView {
  readonly atNs: number;
  readonly providers: number;
}

/** A member of the group under test, on the SDK as any user would have it. */
export class GroupServicesEndpoint implements Endpoint {
  readonly #provider: Provider;
  readonly #door: BarrierDoor;
  readonly #views: SeenView[] = [];
  #changed: () => void = () => undefined;
  /** With what this member came to the barrier it is at. */
  #entry: Uint8Array = new Uint8Array();

  private constructor(provider: Provider, door: BarrierDoor, deliver: DeliveryHandler) {
    this.#provider = provider;
    this.#door = door;
    this.#views.push({ atNs: monotonicNs(), providers: provider.view.providers.length });
    provider.on('message', (event) => deliver(event.message, 0));
    provider.on('state', (event) => deliver(event.stateValue, 0));
    provider.on('barrier', () => {
      door.open();
      deliver(this.#entry, 0);
    });
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
    const door = new BarrierDoor();
    const provider = await services.join(group, {
      vote: ({ protocol }) => (protocol.kind === 'barrier' ? door.ballot() : 'approve'),
    });
    return new GroupServicesEndpoint(provider, door, deliver);
  }

  // For all of these the own delivery says that it was done; a failure ends the process, and the run
  // with it.

  send(message: Uint8Array): void {
    void this.#provider.send(message);
  }

  changeState(value: Uint8Array, { voted }: { readonly voted: boolean }): void {
    void this.#provider.changeState(value, { phases: voted ? 'voting' : 1 });
  }

  proposeBarrier(): void {
    void this.#provider.barrier();
  }

  enterBarrier(message: Uint8Array): void {
    this.#entry = message;
    this.#door.enter();
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
