import type { DaemonOptions } from '@group-services/daemon-engine';
import type { LeaderRecovery } from '@group-services/name-server';
import type { NodeNames } from '../hosts.js';
import type { ReleaseProfile } from './releases.js';

/** Everything that is drawn once per seed. Times are milliseconds of virtual time. */
export interface Profile extends Lengths {
  /** Most seeds are small and quick; a few are wide (many daemons) or long (slow faults). */
  readonly scale: 'usual' | 'wide' | 'long';
  readonly daemons: number;
  readonly groups: number;
  /** Processes per daemon. */
  readonly clients: number;
  readonly timing: Timing;
  readonly network: NetworkProfile;
  readonly faults: FaultProfile;
  readonly workload: WorkloadProfile;
  /** Undefined: nothing is ever voted on. */
  readonly voting: VotingProfile | undefined;
  /** Whether who is paused is asleep: the machine's monotonic clock stands still as well. */
  readonly sleeps: boolean;
  /** Undefined: every fault heals. */
  readonly lasting: LastingFault | undefined;
  readonly limits: LimitsProfile;
  readonly pace: PaceProfile;
  /** Undefined: inputs cost no time. */
  readonly load: LoadProfile | undefined;
  /** Undefined: no node is ever drained. */
  readonly drains: DrainProfile | undefined;
  /** Undefined: no node ever gets a second daemon. */
  readonly seconds: SecondProfile | undefined;
  /** Nothing fails but the name server and the ways to it: nobody may be removed. */
  readonly nameServerAlone: boolean;
  /** Every group but the first depends on the one before it. */
  readonly dependent: boolean;
  /** Undefined: all programs are of today's release. */
  readonly releases: ReleaseProfile | undefined;
  /** A process of each node watches which daemons there are. */
  readonly watched: boolean;
  /** Whether daemons renew their leases with a digest of what they hold, as they do by default. */
  readonly byDigest: boolean;
  readonly store: 'memory' | 'file';
  readonly isolation: 'continue' | 'suspend';
  /**
   * `ephemeral`: node names never return, and daemons say so; `forgotten`: they never return, and an
   * operator says so of each.
   */
  readonly names: NodeNames;
  readonly leaderRecovery: LeaderRecovery;
  readonly quiesce: DaemonOptions['quiesce'];
}

/** How long the two phases of one run last, in milliseconds of virtual time. */
export interface Lengths {
  /** How long faults are injected. */
  readonly safetyMs: number;
  /** How long the domain then has to come to rest: the bound of the liveness checkers. */
  readonly livenessMs: number;
  /**
   * Waits out the whole liveness phase and looks only then; other runs end as soon as everything is
   * at rest, so that most of the time of many seeds goes into faults.
   */
  readonly patient: boolean;
}

/** The times that daemons and the name server are given. */
export interface Timing {
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  readonly leaseMs: number;
  readonly idleSyncMs: number;
  readonly slowMemberTimeoutMs: number;
  readonly leaveTimeoutMs: number;
  readonly lingerMs: number;
  /** How much faster or slower a node's clock runs at most. */
  readonly clockDrift: number;
}

export interface NetworkProfile {
  readonly delayMinMs: number;
  readonly delayMeanMs: number;
  /** Chance of a delay up to `tailMs` instead. */
  readonly tailChance: number;
  readonly tailMs: number;
  readonly loss: number;
  readonly duplication: number;
  /** Share of messages that may come before what was sent before them. */
  readonly reordering: number;
  /** Chance that an answer of the name server comes twice. */
  readonly answerDuplication: number;
  /** Share of the directions between two daemons that carry no more than so many bytes. */
  readonly slowShare: number;
  readonly slowBytesPerMs: number;
}

/** Mean time between two faults of a kind; undefined: this kind is off. */
export interface FaultRates {
  readonly daemonCrash: number | undefined;
  readonly daemonStop: number | undefined;
  readonly pause: number | undefined;
  readonly partition: number | undefined;
  readonly linkReset: number | undefined;
  /** One end of a link or connection is gone and the other is not told. */
  readonly halfOpen: number | undefined;
  /** A link or connection on which nothing moves. */
  readonly stall: number | undefined;
  readonly nameServerCrash: number | undefined;
  readonly nameServerLink: number | undefined;
  readonly nameServerPause: number | undefined;
  /** The name server starts again and is reached first by a member that a partition has left behind. */
  readonly outdatedRecovery: number | undefined;
  readonly clientKill: number | undefined;
  /** A process that stops reading, for a while or to the end. */
  readonly clientDeaf: number | undefined;
  /** Somebody sets the time of day of a host. */
  readonly clockJump: number | undefined;
  /** Answers of the name server come late to all daemons but one, and then nothing passes. */
  readonly lateAnswers: number | undefined;
  /** The name server's directory is lost, or comes back from an older copy. */
  readonly storeChange: number | undefined;
}

export interface FaultProfile extends FaultRates {
  /** Chance that a reached branch of a protocol brings a fault upon its daemon. */
  readonly targeted: number;
  /** One-way links that are cut until all faults end. */
  readonly oneWayLinks: number;
  /** Once, all daemons and the name server stop and start again in any order. */
  readonly everythingStops: boolean;
  /** Partitions, pauses and outages last no longer than these. */
  readonly partitionMaxMs: number;
  readonly pauseMaxMs: number;
  readonly outageMaxMs: number;
  readonly stallMaxMs: number;
}

export interface WorkloadProfile {
  /** Mean time between two calls of one process. */
  readonly thinkMs: number;
  readonly handlesMax: number;
  readonly burstMax: number;
  readonly payloadMax: number;
  readonly safeChance: number;
  /** Chance that a call ends a membership rather than using it. */
  readonly endChance: number;
  /** Chance that a new handle is a subscription. */
  readonly subscribeChance: number;
  /** Chance that a call is hundreds of messages at once. */
  readonly floodChance: number;
  readonly namedInstances: boolean;
  readonly attributes: boolean;
  /** So many messages that a process sends at once travel as one; 1: each alone. */
  readonly bundleMax: number;
  /** Some providers say something about themselves. */
  readonly labelled: boolean;
  /** What processes take back: now and again what they asked for last, or often, and older requests as well. */
  readonly withdraws: 'last' | 'often';
}

export interface LimitsProfile {
  readonly ackWindow: number;
  readonly maxUnstableBytes: number;
  readonly maxUnstableMessages: number;
  readonly snapshotChunkBytes: number;
  readonly proposalQueue: number;
  /** In how many groups at once a daemon begins what others have to answer. */
  readonly busyGroupsMax: number;
  /** Registrations, renewals and their answers travel in pieces of about so many bytes. */
  readonly pieceBytes: number;
  /** What a process may leave unread, for each of its handles, before its daemon disconnects it. */
  readonly clientBufferBytes: number;
}

/** How one run's processes take part in voting; drawn once per seed. */
export interface VotingProfile {
  /** Share of the proposals that are voted on. */
  readonly share: number;
  /** So many of one process are voted on, or wait for it, so that all end in the liveness phase. */
  readonly openMax: number;
  /** Chance that a joiner brings attributes to a group that it has not found provided yet. */
  readonly attributesChance: number;
  /** Whether results may be delivered as soon as they are in order, not only when they are safe. */
  readonly agreedResults: boolean;
  /** Whether a group may drop what contends with a running protocol. */
  readonly drops: boolean;
  /** A process votes to continue in no phase after this one, so that protocols end. */
  readonly continuesMax: number;
  readonly silentChance: number;
  readonly lateChance: number;
  /** Chance of a vote that nobody asked for, beside the one that somebody did. */
  readonly strayChance: number;
  readonly riderChance: number;
  readonly continueChance: number;
  readonly rejectChance: number;
  /** Chance that a process dies when it is asked. */
  readonly vanishChance: number;
  /** Chance that a process asks to be pinged, and that it then does not answer well. */
  readonly monitorChance: number;
  readonly unwellChance: number;
}

/** A fault that is still there when everything else has to go on. */
export interface LastingFault {
  /** Who cannot reach the name server, or is not reached by it. */
  readonly who: 'leader' | 'member';
  readonly way: 'both' | 'to' | 'from';
}

/** Spells in which one daemon, or the name server, has little of a processor. */
export interface LoadProfile {
  /** What one input costs it meanwhile; a sign of life costs a twentieth of that. */
  readonly inputMs: number;
  readonly spellMs: number;
  /** Mean time between the beginnings of two spells. */
  readonly everyMs: number;
}

/** Nodes that operators drain for a while. */
export interface DrainProfile {
  /** Mean time between two wishes. */
  readonly everyMs: number;
  /** Nothing else happens: no proposal may fail, and no membership may end. */
  readonly alone: boolean;
}

export interface SecondProfile {
  /** Mean time between two second daemons. */
  readonly everyMs: number;
  /** Nothing else happens: none of them may be taken. */
  readonly alone: boolean;
}

/** When processes count as slow (B4), and how often some are. */
export interface PaceProfile {
  readonly markBytes: number;
  readonly stoppedAfterMs: number;
  readonly slowAfterMs: number;
  /** Mean time between two processes that read in starts for a while; undefined: none does. */
  readonly slowReader: number | undefined;
}
