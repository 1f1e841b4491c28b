import { deserialize, serialize } from 'node:v8';
import type { Provider } from '@group-services/client';
import type { Namespace } from 'socket.io';
import { ClusterAdapter, type ClusterMessage, type ClusterResponse } from 'socket.io-adapter';

// Rooms of socket.io over several servers, with a group instead of Redis: what one server tells a room, the
// others hear in the group's order, and whoever counts servers counts members that are alive.

/** What one server tells the others; a response is for one of them. */
interface Envelope {
  readonly namespace: string;
  readonly message?: ClusterMessage;
  readonly response?: { readonly to: string; readonly response: ClusterResponse };
}

/** For `new Server({ adapter: adapterOver(provider) })`; the group carries nothing else. */
export function adapterOver(provider: Provider): (namespace: Namespace) => ClusterAdapter {
  const adapters = new Map<string, GroupAdapter>();
  provider.on('message', ({ from, message }) => {
    if (from === provider.id) return;
    // Members of this group are servers of the same fleet.
    const envelope = deserialize(message) as Envelope;
    adapters.get(envelope.namespace)?.hear(envelope);
  });
  // socket.io calls it with `new`.
  return function adapterOf(namespace) {
    const adapter = new GroupAdapter(namespace, provider);
    adapters.set(namespace.name, adapter);
    return adapter;
  };
}

class GroupAdapter extends ClusterAdapter {
  readonly #provider: Provider;

  constructor(namespace: Namespace, provider: Provider) {
    super(namespace);
    this.#provider = provider;
  }

  /** How many answer when all servers are asked: known at once, without counting heartbeats. */
  override serverCount(): Promise<number> {
    return Promise.resolve(this.#provider.view.providers.length);
  }

  hear({ message, response }: Envelope): void {
    if (message !== undefined) this.onMessage(message);
    if (response?.to === this.uid) this.onResponse(response.response);
  }

  protected override async doPublish(message: ClusterMessage): Promise<string> {
    return await this.#tell({ namespace: this.nsp.name, message });
  }

  protected override async doPublishResponse(to: string, response: ClusterResponse): Promise<void> {
    await this.#tell({ namespace: this.nsp.name, response: { to, response } });
  }

  /** The place in the order is what socket.io calls the offset. */
  async #tell(envelope: Envelope): Promise<string> {
    const { position } = await this.#provider.send(serialize(envelope));
    return String(position);
  }
}
