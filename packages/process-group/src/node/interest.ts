import type { Joining } from './joining.js';
import type { LocalMembers } from './local-members.js';
import type { OwnRequests } from './requests.js';
import type { Subscriptions } from './subscriptions.js';

/** What this node needs the processor group for; looked at after every step. */
export class LocalInterest {
  readonly #ports: InterestPorts;

  constructor(ports: InterestPorts) {
    this.#ports = ports;
  }

  /** Anything at all, open requests included. */
  get wantsAnything(): boolean {
    const { members, subscriptions, joining, requests } = this.#ports;
    return (
      members.count > 0 || subscriptions.count > 0 || joining.count > 0 || requests.openCount > 0
    );
  }

  /** Anything but subscriptions that wait for somebody to provide the group: they only look now and then. */
  get wantsMembership(): boolean {
    const { members, subscriptions, joining, requests } = this.#ports;
    return (
      members.count > 0 ||
      subscriptions.followingCount > 0 ||
      joining.count > 0 ||
      requests.openCount > 0
    );
  }

  /** Somebody wants to be a provider: the group is formed if there is none. */
  get wantsToJoin(): boolean {
    return this.#ports.joining.isWanted;
  }

  /** A subscription has to know whether the group exists. */
  get wantsToLook(): boolean {
    return this.#ports.subscriptions.isAsking;
  }

  /** A persistent subscription waits until somebody provides the group. */
  get wantsToWait(): boolean {
    return this.#ports.subscriptions.isWaiting;
  }
}

interface InterestPorts {
  readonly members: LocalMembers;
  readonly requests: OwnRequests;
  readonly joining: Joining;
  readonly subscriptions: Subscriptions;
}
