import { type DomainNodes, domainNodes, type Peer } from './admin-answers.js';
import type { DaemonSession } from './daemon-session.js';
import type { Report } from './report.js';
import { table } from './table.js';

/** One daemon of the domain, as the name server and this daemon know it. */
export interface NodeLine {
  readonly node: string;
  readonly incarnation: number;
  /** Undefined: it is known from hearing it only. */
  readonly address: string | undefined;
  readonly isSelf: boolean;
  /** Whether its lease is fresh; undefined: the name server cannot be asked or does not list it. */
  readonly alive: boolean | undefined;
  /** It has stopped in order. */
  readonly stopped?: true | undefined;
  /** Some of those that cannot dial it, and why; as far as the name server was told. */
  readonly notReachedBy?: readonly { readonly node: string; readonly why: string }[] | undefined;
  /** An operator drains it; what shares no group with this one is not known to be. */
  readonly drained?: boolean | undefined;
  /** Undefined: no group in common, so that this daemon does not listen for it. */
  readonly peer: Peer | undefined;
}

/** `gsctl nodes` */
export async function nodes({ api }: DaemonSession): Promise<Report> {
  const found = await api.get('/api/nodes', domainNodes);
  const lines = nodeLines(found);
  const { note } = found;
  const json = { nameServer: found.nodes !== null, note, nodes: lines };
  return { json, text: nodesText(found) };
}

export function nodesText(found: DomainNodes): string {
  const rows = nodeLines(found).map((line) => [
    nameText(line),
    leaseText(line),
    heardText(line),
    line.address,
    line.incarnation,
  ]);
  const list = table(['node', 'lease', 'heard', 'address', 'incarnation'], rows);
  const parts = [list, ...unreachedText(nodeLines(found))];
  if (found.nodes === null) {
    parts.push(`There may be more nodes: ${found.note ?? 'the name server cannot be asked'}.`);
  }
  return parts.join('\n\n');
}

/** Whom others cannot dial at the address that it gives to them: it does not notice by itself. */
function unreachedText(lines: readonly NodeLine[]): string[] {
  const texts = lines.flatMap(({ node, address, notReachedBy = [] }) =>
    notReachedBy.map(
      (by) =>
        `${node} cannot be reached at ${address} by ${by.node}: ${by.why} (see its --advertise)`,
    ),
  );
  return texts.length === 0 ? [] : [texts.join('\n')];
}

/** Every daemon that anybody knows, by node and then by age. */
export function nodeLines({ self, peers, nodes: listed }: DomainNodes): readonly NodeLine[] {
  const lines = new Map<string, NodeLine>();
  const put = (daemon: string, known: Omit<NodeLine, 'isSelf' | 'peer'>): void => {
    const isSelf = known.node === self.node && known.incarnation === self.incarnation;
    const peer = peers.find((one) => one.daemon === daemon);
    const { drained } = isSelf ? self : (peer ?? {});
    lines.set(daemon, { ...known, isSelf, peer, ...(drained === true && { drained }) });
  };
  put(`${self.node}.${self.incarnation}`, { ...self, alive: undefined });
  for (const { daemon } of peers) {
    const dot = daemon.lastIndexOf('.');
    const node = daemon.slice(0, dot);
    const incarnation = Number(daemon.slice(dot + 1));
    put(daemon, { node, incarnation, address: undefined, alive: undefined });
  }
  for (const known of listed ?? []) put(`${known.node}.${known.incarnation}`, known);
  return [...lines.values()].sort((one, other) =>
    one.node === other.node ? one.incarnation - other.incarnation : one.node < other.node ? -1 : 1,
  );
}

function nameText({ node, isSelf, drained }: NodeLine): string {
  const remarks = [...(isSelf ? ['this node'] : []), ...(drained ? ['drained'] : [])];
  return remarks.length === 0 ? node : `${node} (${remarks.join(', ')})`;
}

function leaseText({ alive, stopped }: NodeLine): string | undefined {
  if (alive === undefined) return undefined;
  if (stopped) return 'stopped';
  return alive ? 'fresh' : 'expired';
}

function heardText({ isSelf, peer }: NodeLine): string | undefined {
  if (isSelf) return undefined;
  if (peer === undefined) return 'no group in common';
  if (peer.suspected !== null) return `suspected: ${peer.suspected}`;
  return peer.heardMsAgo === null ? 'not yet' : `${Math.round(peer.heardMsAgo)} ms ago`;
}
