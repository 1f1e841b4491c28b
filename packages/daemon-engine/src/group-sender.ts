import { type DaemonId, daemonOf, type MembershipId, type PeerEnd } from '@group-services/core';
import type { MetagroupOutput } from '@group-services/metagroup';
import type { Member } from '@group-services/wire';
import type { Shared } from './shared.js';

/**
 * Puts the internal layer's messages of one group into envelopes for the daemons that they go to. A message
 * for several is one output for all of them: the shell encodes it once, and keeps what it knows of this set
 * of daemons as long as it is given the same array.
 */
export class GroupSender {
  readonly #shared: Shared;
  /** The members of the last message for several, and the same as the shell is told. */
  #severalOf: readonly Member[] = [];
  #several: readonly PeerEnd[] = [];

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  send(by: Sending, output: Extract<MetagroupOutput, { readonly kind: 'send' | 'sendAll' }>): void {
    const from = by.membership as MembershipId;
    const { generation } = by;
    const { message } = output;
    if (output.kind === 'send') {
      const { to, address } = output;
      const peer = to.slice(0, to.lastIndexOf('.')) as DaemonId;
      const envelope = { generation, from, to, message };
      this.#shared.emit({ kind: 'toPeer', peer, address, message: { kind: 'group', envelope } });
      return;
    }
    if (output.to !== this.#severalOf) {
      this.#severalOf = output.to;
      this.#several = output.to.map(({ id, address }) => ({ peer: daemonOf(id), address }));
    }
    const peers = this.#several;
    const envelope = { generation, from, to: undefined, message };
    this.#shared.emit({ kind: 'toPeers', peers, message: { kind: 'group', envelope } });
  }
}

/** On whose behalf messages leave. */
export interface Sending {
  readonly membership: MembershipId | undefined;
  readonly generation: number;
}
