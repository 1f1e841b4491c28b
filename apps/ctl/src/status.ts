import {
  type ConnectedProcess,
  connectedProcesses,
  type DaemonStatus,
  daemonStatus,
  type GroupHere,
  groupsHere,
  type Peer,
  peers,
} from './admin-answers.js';
import type { DaemonSession } from './daemon-session.js';
import { byteCount } from './printable.js';
import type { Report } from './report.js';
import { facts, section } from './table.js';

/** All that one daemon says of itself, without asking anybody else. */
export interface StatusFindings extends DaemonStatus {
  readonly endpoint: string;
  readonly admin: string;
  readonly peers: readonly Peer[];
  readonly groups: readonly GroupHere[];
  readonly clients: readonly ConnectedProcess[];
}

/** `gsctl status` */
export async function status({ endpoint, admin, api }: DaemonSession): Promise<Report> {
  const [daemon, peerList, groups, clients] = await Promise.all([
    api.get('/api/status', daemonStatus),
    api.get('/api/peers', peers),
    api.get('/api/groups', groupsHere),
    api.get('/api/clients', connectedProcesses),
  ]);
  const found = { endpoint, admin, ...daemon, peers: peerList, groups, clients };
  return { json: found, text: statusText(found) };
}

export function statusText(found: StatusFindings): string {
  const about = facts([
    ['node', found.node],
    ['domain', found.domain],
    ['state', stateText(found)],
    ['name server', nameServerText(found.nameServer)],
    ['peers', peersText(found.peers)],
    ['gsd', `${found.version}, started ${found.startedAt}, incarnation ${found.incarnation}`],
    ['for daemons', found.address],
    ['for processes', found.endpoint],
    ['for operators', found.admin],
  ]);
  const groups = section(
    'groups on this node',
    ['group', 'role', 'leader', 'providers', 'state', 'retained'],
    found.groups.map((group) => [
      group.group,
      group.role,
      group.leader,
      group.providers.length,
      group.stateBytes === undefined ? undefined : byteCount(group.stateBytes),
      retainedText(group),
    ]),
  );
  const processes = section(
    'processes on this node',
    ['number', 'name', 'memberships'],
    found.clients.map(({ client, name, handles }) => [client, name, handles]),
  );
  return [about, groups, processes].join('\n\n');
}

function stateText({ node, stopping, drained }: DaemonStatus): string {
  if (stopping) return 'stopping';
  return drained === true ? `drained (gsctl nodes undrain ${node} ends it)` : 'serving';
}

/** What the stream keeps because some member may lack it. */
function retainedText({ stream }: GroupHere): string | undefined {
  if (stream === undefined) return undefined;
  return `${stream.retained} (${byteCount(stream.retainedBytes)})`;
}

function nameServerText(nameServer: DaemonStatus['nameServer']): string {
  const { connected, address, epoch, recovering } = nameServer;
  const remark = recovering === true ? ', recovers after a restart: joins wait' : '';
  const where = address === undefined ? '' : ` to ${address}`;
  if (connected) return `connected${where}, epoch ${epoch}${remark}`;
  return epoch === undefined ? 'not connected yet' : `not connected, last epoch ${epoch}`;
}

function peersText(list: readonly Peer[]): string {
  const suspected = list.filter((peer) => peer.suspected !== null).length;
  return suspected === 0 ? String(list.length) : `${list.length}, ${suspected} suspected`;
}
