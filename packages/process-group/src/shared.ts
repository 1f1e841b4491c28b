import type { GroupName, Instant, MembershipId, NodeName } from '@group-services/core';
import type { ClientProtocolInfo, ClientSnapshot, Features, StartBody } from '@group-services/wire';
import type { GroupNews } from './news.js';
import { Outbox } from './outbox.js';
import { type GroupState, NO_VIEW, viewOf } from './replica/group-state.js';
import type { Replica } from './replica/replica.js';
import { ProtocolTally } from './tally.js';

/** What all parts of one engine share. */
export class Shared {
  readonly options: ProcessGroupOptions;
  readonly outbox = new Outbox();
  readonly tally: ProtocolTally;
  now: Instant = 0;
  /** Undefined while this daemon is not in the processor group. */
  membership: Membership | undefined;
  /** Of what was delivered last, in the present or the last membership. */
  position = 0;
  /** What keeps this daemon from getting in, as far as the daemon around knows. */
  hindrance: string | undefined;
  /** The group may have gone on without this daemon. */
  standsStill = false;

  constructor(options: ProcessGroupOptions) {
    this.options = options;
    this.tally = options.tally ?? new ProtocolTally();
  }

  get state(): GroupState | undefined {
    return this.membership?.replica.state;
  }

  /** Whether somebody provides the group, as far as is known here. */
  get isProvided(): boolean {
    return (this.state?.providers.length ?? 0) > 0;
  }

  /** What the group's present life depends on; undefined: on nothing, or it has no life. */
  get sourceOfLife(): GroupName | undefined {
    return this.isProvided ? this.state?.attributes.source : undefined;
  }

  protocolInfo(start: StartBody, position: number): ClientProtocolInfo {
    const { protocol: kind, proposer } = start;
    return { id: this.protocolId(position), kind, proposer };
  }

  /** How far this daemon is in the group, and what is voted on there. */
  whereabouts(): Whereabouts {
    const { membership, state, position } = this;
    if (membership === undefined) return {};
    const running = state?.running ?? null;
    if (running === null) return { position };
    return { position, protocol: this.protocolId(running.protocol) };
  }

  /** Unique over all lives of the group: generations never come again. */
  protocolId(position: number): string {
    return `${this.membership?.generation ?? 0}.${position}`;
  }

  /** What a new handle begins with; a subscription sees only what it asked for. */
  snapshot(
    shown: { readonly membership: boolean; readonly state: boolean },
    protocol?: ClientProtocolInfo,
  ): ClientSnapshot {
    const { membership, state, position } = this;
    const view =
      shown.membership && membership !== undefined && state !== undefined
        ? viewOf(state, membership.generation)
        : NO_VIEW;
    const stateValue = shown.state ? (state?.stateValue ?? null) : null;
    return { view, stateValue, position, protocol };
  }
}

/** What is chosen for a daemon and holds for all its groups alike. Times are milliseconds. */
export interface ProcessGroupTuning {
  /** How long this daemon stays in the processor group after its last local user. */
  readonly lingerMs: number;
  /** Proposals of all daemons together that wait at the leader at most; the rest waits at its origin. */
  readonly proposalQueue: number;
  /** Bytes that may be in the stream and not everywhere: a leader starts no more than that in one step. */
  readonly maxUnstableBytes: number;
  /** What this daemon says beyond the first minor of the wire format. */
  readonly features: Features;
}

/** What a {@link ProcessGroupEngine} is made with. */
export interface ProcessGroupOptions extends ProcessGroupTuning {
  readonly group: GroupName;
  readonly node: NodeName;
  /** How often the name server is asked for a group that a persistent subscription waits for. */
  readonly lookupMs: () => number;
  /** Is told what happens, for whoever watches; nothing here depends on it. */
  readonly note?: ((news: GroupNews) => void) | undefined;
  /** Where this group counts, with others of its daemon. */
  readonly tally?: ProtocolTally | undefined;
}

/** This daemon's present membership in the processor group, with its copy of the replicated data. */
export interface Membership {
  readonly self: MembershipId;
  readonly generation: number;
  readonly replica: Replica;
}

/** For lines of the log; what does not exist at the moment is left out. */
export interface Whereabouts {
  readonly position?: number;
  readonly protocol?: string;
}
