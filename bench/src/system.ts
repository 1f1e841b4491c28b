import type { ChildProcesses } from './child-processes.js';
import type { MemberCalls } from './member/member-calls.js';
import type { RemoteCaller } from './remote-calls.js';

/** Something that orders messages among member processes, and can be measured. */
export interface System {
  /** As in the report and in `--systems`. */
  readonly name: string;
  /** Starts daemons and members, connected; all processes belong to `context`. */
  start(context: StartContext, shape: Shape): Promise<Cluster>;
}

/** How large a cluster is. */
export interface Shape {
  readonly daemons: number;
  readonly members: number;
  /** Groups that every member is in; the relay knows one. */
  readonly groups: number;
}

export interface StartContext {
  readonly processes: ChildProcesses;
  /** The built member process, the same for every system. */
  readonly memberEntry: string;
  /** The built daemon of the relay. */
  readonly relayDaemonEntry: string;
  /** The built programs of Group Services. */
  readonly gsd: string;
  readonly gsns: string;
  /** The built module that tells what the heap of a daemon holds. */
  readonly heapProbe: string;
}

/** One running system. Member 0 is never on the host of the leader, so that its path is two hops. */
export interface Cluster {
  readonly members: readonly RemoteCaller<MemberCalls>[];
  stop(): Promise<void>;
}

/** A cluster whose processes can be killed, to see how soon the others notice. */
export interface KillableCluster extends Cluster {
  killMember(index: number): void;
  killDaemon(index: number): void;
}

/** Daemons of every cluster, and members unless a work asks for more. */
export const CLUSTER_SIZE = 3;

/** The cluster of most works. */
export const USUAL: Shape = { daemons: CLUSTER_SIZE, members: CLUSTER_SIZE, groups: 1 };
