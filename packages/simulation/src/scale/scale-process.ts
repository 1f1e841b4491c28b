import type { GroupName } from '@group-services/core';
import { encodeFromClient, type FromClient, joinFrame, type ToClient } from '@group-services/wire';
import type { DaemonNode } from '../world/daemon-node.js';
import type { ClientConnection } from '../world/local-clients.js';
import type { Shared } from '../world/shared.js';

/** The process of one daemon: provides groups, and counts whom its lists name. */
export class ScaleProcess {
  readonly #lists = new Map<number, { readonly group: GroupName; length: number }>();
  readonly #label: string;
  readonly #shared: Shared;
  readonly #tell: ListWatch;
  #connection: ClientConnection | undefined;

  constructor(shared: Shared, node: DaemonNode, tell: ListWatch) {
    this.#shared = shared;
    this.#label = `c${node.node}`;
    this.#tell = tell;
    this.#connection = node.connect({
      label: this.#label,
      received: (message) => this.#received(message),
      closed: () => {
        this.#connection = undefined;
      },
    });
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  join(group: GroupName): void {
    const handle = this.#lists.size + 1;
    this.#lists.set(handle, { group, length: 0 });
    const opening = { request: handle, handle, group, attributes: {}, timeout: 0 };
    const join: FromClient = { kind: 'join', ...opening };
    const { handles, time } = this.#shared;
    handles.said(this.#label, join, time.now);
    this.#connection?.send(joinFrame(encodeFromClient(join)));
  }

  #received(message: ToClient): void {
    if (!('handle' in message)) return;
    const list = this.#lists.get(message.handle);
    if (list === undefined) return;
    const before = list.length;
    if (message.kind === 'joined') list.length = message.snapshot.view.providers.length;
    else if ('membership' in message && message.membership !== undefined) {
      list.length += message.membership.joined.length - message.membership.left.length;
    }
    if (list.length !== before) this.#tell(list.group, before, list.length);
  }
}

/** One provider of this group, that knew of so many before, knows of so many now. */
export type ListWatch = (group: GroupName, before: number, now: number) => void;
