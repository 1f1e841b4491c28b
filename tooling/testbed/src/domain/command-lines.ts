// The command lines of a domain's programs: short times, so that a fault is over soon, and long enough for
// two busy cores.
import { join } from 'node:path';
import type { Testbed } from '../index.js';
import { programs } from '../places.js';
import type { TransportUnderTest } from './transports.js';

const TIMES = {
  nameServer: ['--lease', '800ms'],
  daemon: [
    ...['--heartbeat', '100ms', '--suspect-after', '600ms', '--idle-sync', '200ms'],
    ...['--slow-member-timeout', '2s', '--leave-timeout', '1s', '--linger', '1s'],
  ],
} as const;

const ADMIN = ['--admin', 'http://127.0.0.1:0'] as const;

/** Inside their namespaces the ports belong to nobody else. */
const ETCD_CLIENTS = 2379;
const ETCD_PEERS = 2380;

/** Where everything of a domain is. */
export interface Place {
  readonly bed: Testbed;
  readonly transport: TransportUnderTest;
  /** For sockets, tables and etcd's data. */
  readonly folder: string;
  readonly nameServers: readonly string[];
  /** Hosts with an etcd; none: the store is another one. */
  readonly etcds: readonly string[];
}

export function nameServerLine(place: Place, host: string, store: string): readonly string[] {
  const { bed, transport } = place;
  const listen = ['--listen', transport.nameServer(bed.address(host))];
  return [
    process.execPath,
    programs.gsns,
    ...listen,
    ...ADMIN,
    '--store',
    store,
    ...TIMES.nameServer,
  ];
}

export function daemonLine(place: Place, node: string): readonly string[] {
  const { bed, transport, nameServers } = place;
  const where = ['--listen', transport.daemon(bed.address(node)), '--client', socket(place, node)];
  const asked = nameServers.flatMap((host) => [
    '--name-server',
    transport.nameServer(bed.address(host)),
  ]);
  return [
    process.execPath,
    programs.gsd,
    '--node',
    node,
    ...where,
    ...asked,
    ...ADMIN,
    ...TIMES.daemon,
  ];
}

export function etcdLine(place: Place, host: string): readonly string[] {
  const clients = `http://${place.bed.address(host)}:${ETCD_CLIENTS}`;
  const peer = (of: string): string => `http://${place.bed.address(of)}:${ETCD_PEERS}`;
  return [
    ...['etcd', '--name', host, '--data-dir', join(place.folder, `etcd-${host}`)],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peer(host), '--initial-advertise-peer-urls', peer(host)],
    ...['--initial-cluster', place.etcds.map((of) => `${of}=${peer(of)}`).join(',')],
    ...['--log-level', 'error'],
  ];
}

/** What a name server's `--store` says for these etcds. */
export function etcdStore({ bed, etcds }: Place): string {
  return `etcd:http://${etcds.map((host) => `${bed.address(host)}:${ETCD_CLIENTS}`).join(',')}/gs`;
}

export function socket({ folder }: Place, node: string): string {
  return `unix://${join(folder, `${node}.sock`)}`;
}
