import { connect, type Provider } from '@group-services/client';
import type { DeliveryHandler, Endpoint } from '../member/endpoint.js';
import type { GroupServicesLink } from '../member/member-calls.js';
import { monotonicNs } from '../member/monotonic.js';
import { BarrierDoor } from './barrier-door.js';
import type { ListsOrder } from './churn-calls.js';

/** A membership list as this member came to see it. */
interface SeenView {
  readonly atNs: number;
  readonly providers: number;
}

/** A member of the group under test, on the SDK as any user would have it. */
export class GroupServicesEndpoint implements Endpoint {
  /** In the first of these groups it meets at barriers, changes the state and notes lists. */
  readonly #providers: readonly Provider[];
  readonly #first: Provider;
  readonly #door: BarrierDoor;
  readonly #views: SeenView[] = [];
  #changed: () => void = () => undefined;
  /** With what this member came to the barrier it is at. */
  #entry: Uint8Array = new Uint8Array();

  private constructor(providers: readonly Provider[], first: Provider, door: BarrierDoor) {
    this.#providers = providers;
    this.#first = first;
    this.#door = door;
    this.#views.push({ atNs: monotonicNs(), providers: first.view.providers.length });
    first.on('membership', (event) => {
      this.#views.push({ atNs: monotonicNs(), providers: event.view.providers.length });
      this.#changed();
    });
  }

  static async open(
    { endpoint, group, groups }: GroupServicesLink,
    deliver: DeliveryHandler,
  ): Promise<GroupServicesEndpoint> {
    const services = await connect({ endpoint });
    const door = new BarrierDoor();
    const join = async (name: string) =>
      await services.join(name, {
        vote: ({ protocol }) => (protocol.kind === 'barrier' ? door.ballot() : 'approve'),
      });
    const first = await join(group);
    const others = Array.from({ length: groups - 1 }, (_, index) => join(`${group}-${index + 1}`));
    const providers = [first, ...(await Promise.all(others))];
    const opened = new GroupServicesEndpoint(providers, first, door);
    opened.#listen(deliver);
    return opened;
  }

  #listen(deliver: DeliveryHandler): void {
    for (const provider of this.#providers) {
      provider.on('message', (event) => deliver(event.message, 0));
      provider.on('state', (event) => deliver(event.stateValue, 0));
      provider.on('barrier', () => {
        this.#door.open();
        deliver(this.#entry, 0);
      });
    }
  }

  // For all of these the own delivery says that it was done; a failure ends the process, and the run
  // with it.

  send(message: Uint8Array, group: number): void {
    void this.#providers[group]?.send(message);
  }

  changeState(value: Uint8Array, { voted }: { readonly voted: boolean }): void {
    void this.#first.changeState(value, { phases: voted ? 'voting' : 1 });
  }

  proposeBarrier(): void {
    void this.#first.barrier();
  }

  enterBarrier(message: Uint8Array): void {
    this.#entry = message;
    this.#door.enter();
  }

  /** When each of the lists after a moment was seen; waits for so many of them. */
  async listsSince({ sinceNs, count }: ListsOrder): Promise<readonly number[]> {
    for (;;) {
      const later = this.#views.filter(({ atNs }) => atNs > sinceNs);
      if (later.length >= count) return later.slice(0, count).map(({ atNs }) => atNs);
      await this.#nextView();
    }
  }

  /** When the newest list with so many providers was seen; waits for it. */
  async viewOf(providers: number): Promise<number> {
    for (;;) {
      const newest = this.#views.at(-1);
      if (newest?.providers === providers) return newest.atNs;
      await this.#nextView();
    }
  }

  #nextView(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
