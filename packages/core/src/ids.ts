/** Who takes part (`internal-layer.md` §1): daemons and their memberships in processor groups. */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Name of a host, `[A-Za-z0-9._-]{1,64}`. */
export type NodeName = Brand<string, 'NodeName'>;

/** `node.incarnation`: one start of the daemon of a node. */
export type DaemonId = Brand<string, 'DaemonId'>;

/** `node.incarnation.joinNo`: one attempt of a daemon to be in a processor group; never reused. */
export type MembershipId = Brand<string, 'MembershipId'>;

/** Name of a process group and of the processor group that serves it. */
export type GroupName = Brand<string, 'GroupName'>;

/** The parts of a membership id. */
export interface MembershipParts {
  readonly node: NodeName;
  readonly incarnation: number;
  readonly joinNo: number;
}

const NODE_NAME = /^[A-Za-z0-9._-]{1,64}$/;
// Numbers without leading zeros: one membership has one id, so that ids can be compared as texts.
const DAEMON_ID = /^[A-Za-z0-9._-]{1,64}\.(?:0|[1-9][0-9]{0,15})$/;
const MEMBERSHIP_ID = /^[A-Za-z0-9._-]{1,64}\.(?:0|[1-9][0-9]{0,15})\.(?:0|[1-9][0-9]{0,9})$/;

const ZERO = 48;

/** The greatest join number: frames between daemons carry it in four bytes. */
const JOIN_NO_MAX = 0xffffffff;

export function isNodeName(text: string): text is NodeName {
  return NODE_NAME.test(text);
}

export function isDaemonId(text: string): text is DaemonId {
  return DAEMON_ID.test(text) && hasSafeIncarnation(text as DaemonId);
}

export function isMembershipId(text: string): text is MembershipId {
  if (!MEMBERSHIP_ID.test(text)) return false;
  const membership = text as MembershipId;
  return joinNoOf(membership) <= JOIN_NO_MAX && hasSafeIncarnation(daemonOf(membership));
}

/** Sixteen digits can say more than a number holds exactly. */
function hasSafeIncarnation(daemon: DaemonId): boolean {
  return incarnationOf(daemon) <= Number.MAX_SAFE_INTEGER;
}

export function daemonId(node: NodeName, incarnation: number): DaemonId {
  return `${node}.${incarnation}` as DaemonId;
}

export function membershipId(daemon: DaemonId, joinNo: number): MembershipId {
  return `${daemon}.${joinNo}` as MembershipId;
}

/** The daemon a membership belongs to. */
export function daemonOf(membership: MembershipId): DaemonId {
  return membership.slice(0, membership.lastIndexOf('.')) as DaemonId;
}

/** The node a daemon runs on. */
export function nodeOf(id: DaemonId): NodeName {
  return id.slice(0, id.lastIndexOf('.')) as NodeName;
}

/** The incarnation of a daemon. */
export function incarnationOf(id: DaemonId): number {
  return Number(id.slice(id.lastIndexOf('.') + 1));
}

/** The join number of a membership. */
export function joinNoOf(membership: MembershipId): number {
  // Digit by digit from the end: frames between daemons need it twice each.
  let joinNo = 0;
  let unit = 1;
  for (let at = membership.length - 1; at >= 0; at -= 1) {
    const digit = membership.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    joinNo += digit * unit;
    unit *= 10;
  }
  return joinNo;
}

export function parseMembership(membership: MembershipId): MembershipParts {
  const daemon = daemonOf(membership);
  return {
    node: nodeOf(daemon),
    incarnation: incarnationOf(daemon),
    joinNo: joinNoOf(membership),
  };
}

/**
 * Orders two memberships of one node by age: (incarnation, joinNo), lexicographically.
 * Positive when `a` is the newer one.
 */
export function compareMemberships(a: MembershipId, b: MembershipId): number {
  const x = parseMembership(a);
  const y = parseMembership(b);
  if (x.incarnation !== y.incarnation) return x.incarnation - y.incarnation;
  return x.joinNo - y.joinNo;
}

/** A daemon and where it accepts links. */
export interface PeerEnd {
  readonly peer: DaemonId;
  readonly address: string;
}
