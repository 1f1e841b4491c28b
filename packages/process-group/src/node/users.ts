import type { EndReason } from '@group-services/core';
import type {
  AnnouncementCode,
  LeaveReason,
  RemovedReason,
  SourceMark,
} from '@group-services/wire';
import { type ClientInput, DAEMON_STOPPED } from '../inputs.js';
import type { Shared } from '../shared.js';
import type { Joining } from './joining.js';
import type { LocalMembers, LocalProvider } from './local-members.js';
import type { Proposals } from './proposals.js';
import { NOT_AUTHORIZED, stopping } from './refusals.js';
import type { Reports } from './reports.js';
import type { OwnRequests } from './requests.js';
import type { Subscriptions } from './subscriptions.js';

/**
 * The processes of this node as they come and go: joins and subscribes, goodbyes, closed and broken
 * connections, the orderly stop of the daemon, and the loss of its membership.
 */
export class Users {
  readonly #shared: Shared;
  readonly #ports: UserPorts;

  constructor(shared: Shared, ports: UserPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  on(input: UserInput): void {
    switch (input.kind) {
      case 'join':
        return this.#ports.joining.join(input);
      case 'subscribe':
        return this.#ports.subscriptions.subscribe(input);
      case 'unsubscribe':
        this.#ports.subscriptions.unsubscribe(input.client, input.handle);
        return this.#done(input);
      case 'report':
        return this.#report(input.client, input.code);
      case 'withdraw':
        return this.#withdraw(input.client, input.target);
      case 'goodbye':
        this.#goodbye(input);
        return this.#done(input);
      case 'denied':
        return this.#denied(input);
      case 'clientGone':
        return this.#gone(input);
    }
  }

  refuseStopping({ client, request }: Coming): void {
    this.#shared.outbox.toClient(client, { kind: 'refused', request, ...stopping() });
  }

  #done({ client, request }: { readonly client: number; readonly request: number }): void {
    this.#shared.outbox.toClient(client, { kind: 'done', request });
  }

  #withdraw(client: number, target: number): void {
    const { joining, subscriptions, proposals } = this.#ports;
    if (joining.withdraw(client, target) || subscriptions.withdraw(client, target)) return;
    proposals.withdraw(client, target);
  }

  /**
   * Out at once; the others see a failure leave with reason goodbye, or the same as of a process
   * that does not read.
   */
  #goodbye({ client, handle, overloaded }: Extract<ClientInput, { kind: 'goodbye' }>): void {
    const { members, joining, proposals } = this.#ports;
    joining.goodbye(client, handle);
    const member = members.find(client, handle);
    if (member === undefined) return;
    if (overloaded === true) this.#leave(member, 'process-failure', 'overloaded');
    else this.#leave(member, 'goodbye', undefined);
    this.#tellRemoved(member, 'goodbye');
    proposals.memberRemoved(member);
  }

  /** Where the group has it so, a process that does not answer has failed: it hears it if it wakes up. */
  #report(client: number, code: AnnouncementCode): void {
    const { members, reports, proposals } = this.#ports;
    const removes = this.#shared.state?.attributes.unresponsive === 'remove';
    if (code !== 'unresponsive' || !removes) return reports.report(client, code);
    for (const member of members.of(client)) {
      this.#leave(member, 'process-failure', 'unresponsive');
      this.#tellRemoved(member, 'process-failure');
      proposals.memberRemoved(member);
    }
  }

  /** Out at once. The others see a failed process, with the reason as its detail. */
  #denied({ client, handle, refusal }: Extract<ClientInput, { kind: 'denied' }>): void {
    const { members, joining, subscriptions, proposals } = this.#ports;
    joining.denied(client, handle, refusal);
    subscriptions.denied(client, handle, refusal);
    const member = members.find(client, handle);
    if (member === undefined) return;
    this.#leave(member, 'process-failure', NOT_AUTHORIZED);
    this.#tellRemoved(member, NOT_AUTHORIZED);
    proposals.memberRemoved(member);
  }

  #gone({ client, reason, detail, source }: Extract<ClientInput, { kind: 'clientGone' }>): void {
    const { members, joining, subscriptions, proposals } = this.#ports;
    joining.clientGone(client, reason, detail);
    subscriptions.clientGone(client);
    const gone = members.of(client);
    members.clientGone(client);
    for (const member of gone) {
      this.#leave(member, reason, detail, source);
      proposals.memberRemoved(member);
    }
  }

  #leave(
    member: LocalProvider,
    reason: LeaveReason,
    detail: string | undefined,
    source?: SourceMark,
  ): void {
    const { members, requests } = this.#ports;
    const { no, id: provider } = member;
    members.remove(member, reason);
    requests.down([{ no, provider, reason, detail }], source);
  }

  #tellRemoved(member: LocalProvider, reason: RemovedReason): void {
    const { handle, owner } = member;
    const { position } = this.#shared;
    this.#shared.outbox.toClient(owner.client, { kind: 'removed', handle, position, reason });
  }

  /** Orderly stop: the others learn the reason, and so do our own processes. */
  stop(): void {
    const { members, joining, subscriptions, proposals } = this.#ports;
    joining.refuseAll(stopping(), 'node-failure', DAEMON_STOPPED);
    subscriptions.endAll(stopping());
    for (const member of members.all) {
      this.#leave(member, 'node-failure', DAEMON_STOPPED);
      this.#tellRemoved(member, 'daemon-stopped');
      proposals.memberLost(member, 'the daemon stopped');
    }
    proposals.operatorsLost('the daemon stopped');
  }

  /** The membership in the processor group has ended, and with it that of every local provider. */
  detached(reason: EndReason): void {
    const { members, requests, joining, subscriptions, proposals } = this.#ports;
    const removed = reason === 'group-lost' ? 'group-lost' : 'node-failure';
    const why = `the provider was removed (${removed})`;
    for (const member of members.all) {
      members.remove(member, removed);
      this.#tellRemoved(member, removed);
      proposals.memberLost(member, why);
    }
    proposals.operatorsLost('the daemon fell out of the group');
    this.#ports.reports.detached();
    for (const request of requests.reset()) {
      if (request.kind === 'proposal') proposals.lost(request.proposal, why);
    }
    joining.detached();
    if (reason === 'removed') subscriptions.fellOut();
    else subscriptions.dissolved();
    if (reason === 'unknown-group' && !joining.isWanted) subscriptions.unprovided();
  }
}

interface UserPorts {
  readonly members: LocalMembers;
  readonly requests: OwnRequests;
  readonly reports: Reports;
  readonly proposals: Proposals;
  readonly joining: Joining;
  readonly subscriptions: Subscriptions;
}

type Coming = Extract<ClientInput, { readonly kind: 'join' | 'subscribe' }>;
type UserInput = Exclude<ClientInput, { readonly kind: 'send' | 'bundle' | 'propose' | 'vote' }>;
