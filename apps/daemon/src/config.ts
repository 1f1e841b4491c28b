import { hostname } from 'node:os';
import { isNodeName } from '@group-services/core';
import { DEFAULT_DAEMON_OPTIONS as DEFAULTS } from '@group-services/daemon-engine';
import {
  address,
  adminTokenOption,
  allowInsecureUdp,
  type ConfigOf,
  choice,
  count,
  defineProgram,
  duration,
  durationText,
  fileMode,
  fileName,
  flag,
  httpAddress,
  LOG_LEVELS,
  type PluggedTransports,
  size,
  sizeText,
  streamsOf,
  text,
  tlsOptions,
  transportOption,
  withTransports,
} from '@group-services/runtime';
import { tcpAddresses, tlsAddresses, udpAddresses, unixAddresses } from '@group-services/transport';
import { WIRE_MINOR } from '@group-services/wire';
import manifest from '../package.json' with { type: 'json' };
import { limitOptions, messageMistakes } from './process-limits.js';
import { securityFileMistakes } from './security/file-mistakes.js';
import { openTransports, securityMistakes } from './security/mistakes.js';

const STREAMS = [tcpAddresses, tlsAddresses, unixAddresses];
const PEERS = [tcpAddresses, tlsAddresses, udpAddresses, unixAddresses];
const CLIENTS = [unixAddresses, tcpAddresses, tlsAddresses];

const name = (value: string): boolean => value.length > 0 && value.length <= 255;

/** The options of gsd (`command-line.md`). */
export const program = defineProgram({
  name: 'gsd',
  version: manifest.version,
  description: 'The Group Services daemon: one per node, serves the processes of this host.',
  options: {
    nameServer: {
      schema: address(STREAMS),
      repeatable: true,
      description: 'where the name server of the domain listens',
      placeholder: 'ADDRESS',
    },
    node: {
      schema: text('a node name: 1 to 64 characters of A-Z a-z 0-9 . _ -', isNodeName),
      default: hostname(),
      defaultText: 'the host name',
      description: 'the name of this node, unique in the domain',
      placeholder: 'NAME',
    },
    replace: {
      schema: flag(),
      default: 'false',
      description:
        'take the place of the daemon that holds the name of this node, also if it lives; otherwise this one is refused then',
    },
    ephemeral: {
      schema: flag(),
      default: 'false',
      description:
        'this node name will not return (containers): when the daemon is gone nobody waits for it; it stands still while it does not reach the name server for a lease',
    },
    domain: {
      schema: text('a domain name of 1 to 255 characters', name),
      default: 'default',
      description: 'the domain that this node belongs to',
      placeholder: 'NAME',
    },
    listen: {
      schema: address(PEERS),
      default: 'tcp://127.0.0.1:7401',
      description:
        'where other daemons reach this one; udp://host:port?multicast=239.x.y.z:port also hears a group',
      placeholder: 'ADDRESS',
    },
    advertise: {
      schema: address(PEERS),
      optional: true,
      defaultText: 'that of --listen',
      description: 'the address told to other daemons, if it is not the one listened at',
      placeholder: 'ADDRESS',
    },
    client: {
      schema: address(CLIENTS),
      default: ['unix:///run/group-services/gsd.sock'],
      repeatable: true,
      description: 'where processes of this host connect',
      placeholder: 'ADDRESS',
    },
    transport: transportOption(),
    clientMode: {
      schema: fileMode(),
      default: '0660',
      description: 'permissions of the socket files of --client: who may write one may connect',
      placeholder: 'OCTAL',
    },
    clientGroup: {
      schema: text('the name or number of a group', (value) => /^[\w.-]{1,64}$/u.test(value)),
      optional: true,
      defaultText: 'that of gsd',
      description: 'the group that the socket files of --client belong to',
      placeholder: 'NAME',
    },
    ...tlsOptions,
    allowInsecureUdp,
    tokens: {
      schema: fileName(),
      optional: true,
      description: 'who is who by a token (YAML): over tcp:// then everybody needs one',
      placeholder: 'FILE',
    },
    permissions: {
      schema: fileName(),
      optional: true,
      description: 'who may do what in which group (YAML); without it whoever connects may do all',
      placeholder: 'FILE',
    },
    limits: {
      schema: fileName(),
      optional: true,
      description: 'what principals and addresses may use at most (YAML)',
      placeholder: 'FILE',
    },
    adminTokenFile: adminTokenOption,
    admin: {
      schema: httpAddress(),
      default: 'http://127.0.0.1:7491',
      description: 'where health and status are served',
      placeholder: 'URL',
    },
    heartbeat: {
      schema: duration({ min: 10, max: 60_000 }),
      default: durationText(DEFAULTS.heartbeatMs),
      description: 'time between heartbeats to each peer',
    },
    suspectAfter: {
      schema: duration({ min: 20, max: 600_000 }),
      default: durationText(DEFAULTS.suspectAfterMs),
      description: 'silence after which a peer counts as failed',
    },
    ackWindow: {
      schema: count({ min: 1, max: 65_536 }),
      default: String(DEFAULTS.ackWindow),
      description: 'messages that may go unacknowledged',
    },
    quiesce: {
      schema: choice(['sync', 'ack-required', 'convert', 'anticipate']),
      default: DEFAULTS.quiesce,
      description: 'how acknowledgements are asked for; the same on all daemons of a domain',
    },
    idleSync: {
      schema: duration({ min: 10, max: 600_000 }),
      default: durationText(DEFAULTS.idleSyncMs),
      description: 'time without traffic after which the stream is synced',
    },
    maxUnstable: {
      schema: size({ min: 64 * 1024 }),
      default: sizeText(DEFAULTS.maxUnstableBytes),
      description: 'retained at most because some member may miss it',
    },
    slowMemberTimeout: {
      schema: duration({ min: 100 }),
      default: durationText(DEFAULTS.slowMemberTimeoutMs),
      description: 'a member without progress for so long counts as failed',
    },
    leaveTimeout: {
      schema: duration({ min: 10 }),
      default: durationText(DEFAULTS.leaveTimeoutMs),
      description: 'how long leaving a processor group may take',
    },
    linger: {
      schema: duration({ min: 0 }),
      default: durationText(DEFAULTS.lingerMs),
      description: 'stay in a processor group after its last local user',
    },
    pressureMark: {
      schema: size({ min: 4 * 1024 }),
      default: '1MiB',
      description: 'unread by one process; above it the group takes its pace until half is read',
    },
    slowProcessTimeout: {
      schema: duration({ min: 100 }),
      default: durationText(DEFAULTS.slowProcessTimeoutMs),
      description: 'a process that stays above the pressure mark for so long is disconnected',
    },
    clientBuffer: {
      schema: size({ min: 64 * 1024 }),
      default: '16MiB',
      description:
        'queued for one process at most, for each of its groups; beyond, it is disconnected',
    },
    ...limitOptions,
    proposalQueue: {
      schema: count({ min: 1, max: 1_000_000 }),
      default: String(DEFAULTS.proposalQueue),
      description: 'proposals that wait at a leader, per group',
    },
    snapshotChunk: {
      schema: size({ min: 1024, max: 1024 * 1024 }),
      default: sizeText(DEFAULTS.snapshotChunkBytes),
      description: 'piece in which state goes to a joining daemon',
    },
    metricsGroups: {
      schema: count({ min: 0, max: 10_000 }),
      default: '200',
      description: 'groups with metrics of their own, the first by name; the others are summed',
      placeholder: 'NUMBER',
    },
    wireMinor: {
      schema: count({ min: 0, max: WIRE_MINOR }),
      default: String(WIRE_MINOR),
      description:
        'the newest minor of the wire format that is spoken: less, while going back to an older release is to stay possible',
      placeholder: 'NUMBER',
    },
    logLevel: {
      schema: choice(LOG_LEVELS),
      default: 'info',
      description: 'how much is written to standard error',
    },
  },
  checks: [
    ({ suspectAfter, heartbeat }) =>
      suspectAfter < heartbeat * 2
        ? [{ option: 'suspectAfter', message: 'must be at least twice the heartbeat' }]
        : [],
    ({ clientBuffer, maxUnstable, pressureMark }) =>
      bufferMistakes({ clientBuffer, maxUnstable, pressureMark }),
    ({ clientBuffer, maxMessage }) => messageMistakes({ clientBuffer, maxMessage }),
    (config) => securityMistakes(config),
  ],
  files: (config) => securityFileMistakes(config),
});

/** The same options, whose addresses may also be those of transports that the operator has brought. */
export function programWith(plugged: PluggedTransports): typeof program {
  const { options, checks = [] } = program;
  const { nameServer, listen, advertise, client } = options;
  const streams = streamsOf(plugged);
  return {
    ...program,
    options: {
      ...options,
      nameServer: withTransports(nameServer, STREAMS, streams),
      listen: withTransports(listen, PEERS, plugged.transports),
      advertise: withTransports(advertise, PEERS, plugged.transports),
      client: withTransports(client, CLIENTS, streams),
      transport: transportOption(plugged),
    },
    checks: [...checks, (config) => openTransports(config, plugged.transports)],
  };
}

/**
 * A process must be able to hold what a group places until it hears that the process is slow: what may
 * be unstable, once more that, and the mark. Otherwise a burst would cost it its connection.
 */
function bufferMistakes(config: {
  readonly clientBuffer: number;
  readonly maxUnstable: number;
  readonly pressureMark: number;
}): { option: 'clientBuffer'; message: string }[] {
  const least = config.pressureMark + 2 * config.maxUnstable;
  if (config.clientBuffer >= least) return [];
  const message = `must be at least the pressure mark and twice what may be unstable (--pressure-mark + 2 × --max-unstable = ${least} bytes)`;
  return [{ option: 'clientBuffer', message }];
}

export type DaemonConfig = ConfigOf<(typeof program)['options']>;
