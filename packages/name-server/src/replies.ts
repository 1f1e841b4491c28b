import { type DaemonId, daemonOf, type MembershipId, nodeOf } from '@group-services/core';
import {
  type Entry,
  entryBytes,
  type FromNameServer,
  inPieces,
  type ToNameServer,
  utf8Length,
} from '@group-services/wire';
import { daemonOfNode, type Table } from './table.js';

type Named = Extract<ToNameServer, { readonly kind: 'renew' }>;
type ByDigest = Extract<ToNameServer, { readonly kind: 'renew-digest' }>;
type HoldingsWanted = Extract<FromNameServer, { readonly kind: 'holdings-wanted' }>;
type Renewed = Extract<FromNameServer, { readonly kind: 'renewed' }>;
/** A renewal, whole. */
export type Renewal = Named | ByDigest;
type Listed = Extract<FromNameServer, { readonly kind: 'listed' }>;
type ListQuestion = Extract<ToNameServer, { readonly kind: 'list' }>;
type StoredNode = ReturnType<Table['presentNodes']>[number];
type ListedNode = Listed['nodes'][number];
type Standing = Pick<ListedNode, 'alive' | 'notReachedBy'>;
type Part = { readonly node: ListedNode } | { readonly entry: Entry };

/** Estimated bytes of one reply at most; a frame holds twice as much. */
const REPLY_BYTES_MAX = 1024 * 1024;
/** Keys, numbers and prefixes around the texts of a group and of what is gone. */
const GROUP_OVERHEAD = 96;
const GONE_OVERHEAD = 48;

/**
 * What a daemon learns with its lease (`internal-layer.md` §2): the entries that differ from what it
 * holds, or in which somebody is not yet full, and the groups that have no entry any more. Entries of
 * groups that it does not name but that list it are told too: a look-up whose answer was lost.
 *
 * An entry that is the one it holds is left out, so that thousands of quiet groups cost little. What
 * does not fit into one reply comes with the next renewal, which no longer names what was learned now.
 *
 * What is gone is told whole before the lease is renewed, in as many pieces as that takes: who stood still
 * without contact goes on with the last piece, in nothing that is over.
 *
 * A daemon that says what it holds as a digest is told the same: if the table has it hold just that, then nothing
 * has changed and nothing is gone. If not, it has to name its holdings first.
 */
export function renewedReplies(
  table: Table,
  from: DaemonId,
  renewal: Renewal,
  pieceBytes: number,
): readonly (Renewed | HoldingsWanted)[] {
  return renewal.kind === 'renew'
    ? repliesToNamed(table, from, renewal, pieceBytes)
    : [replyToDigest(table, from, renewal)];
}

function replyToDigest(
  table: Table,
  from: DaemonId,
  { number, digest }: ByDigest,
): Renewed | HoldingsWanted {
  if (table.held.digestOf(from) !== digest) return { kind: 'holdings-wanted', number };
  const entries: Entry[] = [];
  for (const group of table.held.joiningOf(from)) {
    const entry = table.group(group)?.entry;
    if (entry !== undefined) entries.push(entry);
  }
  return { kind: 'renewed', number, entries: fitting(entries, entryBytes), gone: [] };
}

function repliesToNamed(
  table: Table,
  from: DaemonId,
  renewal: Named,
  pieceBytes: number,
): readonly Renewed[] {
  const gone: Renewed['gone'] = [];
  const changed: Entry[] = [];
  const joining: Entry[] = [];
  const named = new Set<string>();
  for (const { group, generation, version, membership } of renewal.holdings) {
    named.add(group);
    const entry = table.group(group)?.entry;
    if (entry?.generation !== generation) gone.push({ group, generation });
    if (entry === undefined) continue;
    if (entry.generation !== generation || entry.version !== version) changed.push(entry);
    else if (!lists(entry, membership)) changed.push(entry);
    else if (entry.members.some((member) => !member.full)) joining.push(entry);
  }
  for (const group of table.groupsOf(nodeOf(from))) {
    const entry = named.has(group) ? undefined : table.group(group)?.entry;
    if (entry?.members.some((member) => daemonOf(member.id) === from) === true) changed.push(entry);
  }
  const entries = fitting([...changed, ...joining], entryBytes);
  const { number } = renewal;
  const pieces = inPieces(gone, ({ group }) => utf8Length(group) + GONE_OVERHEAD, pieceBytes);
  return pieces.map((piece, index) =>
    index === pieces.length - 1
      ? { kind: 'renewed', number, entries, gone: piece }
      : { kind: 'renewed', number, entries: [], gone: piece, more: true },
  );
}

/** While the recovery window is open the lease is all that can be given. */
export function recoveringReply(number: number): Renewed {
  return { kind: 'renewed', number, entries: [], gone: [], recovering: true };
}

/**
 * Nodes, then groups, for people: those behind `after`, as many as fit. Who asked goes on behind the last one,
 * so that a list of any length arrives, in answers of bounded size. What comes or goes meanwhile may be in it.
 */
export function listedReply(
  table: Table,
  { number, after }: ListQuestion,
  { standing, pieceBytes }: { standing: (daemon: DaemonId) => Standing; pieceBytes: number },
): Listed {
  const nodes: Part[] = behind(
    after === undefined ? '' : 'node' in after ? after.node : undefined,
    table.presentNodes().map((stored) => [stored.node, { node: nodeIn(stored, standing) }]),
  );
  const groups: Part[] = behind(
    after !== undefined && 'group' in after ? after.group : '',
    [...table.groups()].map(({ entry }) => [entry.group, { entry }]),
  );
  const [parts = [], ...rest] = inPieces([...nodes, ...groups], partBytes, pieceBytes);
  return {
    kind: 'listed',
    number,
    groups: parts.flatMap((part) => ('entry' in part ? [groupOf(part.entry)] : [])),
    nodes: parts.flatMap((part) => ('node' in part ? [part.node] : [])),
    ...(rest.length > 0 && { more: true as const }),
  };
}

/** In the order of their names; undefined: none of them is wanted any more. */
function behind(
  name: string | undefined,
  all: readonly (readonly [name: string, part: Part])[],
): Part[] {
  if (name === undefined) return [];
  return all
    .filter(([each]) => each > name)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part);
}

function partBytes(part: Part): number {
  if ('node' in part) {
    const { node, address, notReachedBy = [] } = part.node;
    const accused = notReachedBy.map(({ node: by, why }) => by.length + utf8Length(why) + 32);
    return node.length + utf8Length(address) + 64 + accused.reduce((sum, one) => sum + one, 0);
  }
  return utf8Length(part.entry.group) + part.entry.leader.length + GROUP_OVERHEAD;
}

function groupOf({ group, generation, version, leader, members }: Entry): Listed['groups'][number] {
  return { group, generation, version, leader, daemons: members.length };
}

function nodeIn(stored: StoredNode, standing: (daemon: DaemonId) => Standing): ListedNode {
  const { node, incarnation, address } = stored;
  return { node, incarnation, address, ...standing(daemonOfNode(stored)) };
}

function lists(entry: Entry, membership: MembershipId): boolean {
  return entry.members.some((member) => member.id === membership);
}

function fitting<T>(all: readonly T[], bytesOf: (one: T) => number): T[] {
  let bytes = 0;
  return all.filter((one) => {
    bytes += bytesOf(one);
    return bytes <= REPLY_BYTES_MAX;
  });
}
