import { leastSilence } from '@group-services/name-server';
import {
  AdminTokenFile,
  address,
  adminConflicts,
  adminTokenOption,
  type ConfigOf,
  type Conflict,
  choice,
  count,
  defineProgram,
  duration,
  durationText,
  fileMistakes,
  fileName,
  flag,
  httpAddress,
  LOG_LEVELS,
  optionName,
  type PluggedTransports,
  streamsOf,
  TlsFiles,
  text,
  tlsConflicts,
  tlsOptions,
  transportOption,
  withTransports,
} from '@group-services/runtime';
import { tcpAddresses, tlsAddresses, unixAddresses } from '@group-services/transport';
import { WIRE_MINOR } from '@group-services/wire';
import manifest from '../package.json' with { type: 'json' };
import { ETCD_FORM, etcdPlace } from './etcd/place.js';

const isDomain = (value: string): boolean => value.length > 0 && value.length <= 255;
const isStore = (value: string): boolean =>
  value === 'memory' || /^file:./su.test(value) || etcdPlace(value) !== undefined;

const ANEW_AFTER_DEFAULT_MS = 30_000;

const STREAMS = [tcpAddresses, tlsAddresses, unixAddresses];

const advertise = {
  advertise: {
    schema: address(STREAMS),
    optional: true,
    defaultText: 'that of --listen',
    description: 'store etcd: where daemons reach this one, as the others tell them',
    placeholder: 'ADDRESS',
  },
} as const;

/** How an etcd is spoken to. */
export const etcdOptions = {
  etcdLease: {
    schema: duration({ min: 1_000, max: 60_000 }),
    default: '2s',
    description: 'store etcd: after so long without a sign of life another one takes over',
  },
  etcdCa: {
    schema: fileName(),
    optional: true,
    description: 'store etcd: the authority of its members (PEM)',
    placeholder: 'FILE',
  },
  etcdCert: {
    schema: fileName(),
    optional: true,
    description: 'store etcd: our certificate for its members (PEM)',
    placeholder: 'FILE',
  },
  etcdKey: {
    schema: fileName(),
    optional: true,
    description: 'store etcd: the private key of --etcd-cert (PEM)',
    placeholder: 'FILE',
  },
  etcdUser: {
    schema: text('a name of 1 to 255 characters', isDomain),
    optional: true,
    description: 'store etcd: who we are there',
    placeholder: 'NAME',
  },
  etcdPasswordFile: {
    schema: fileName(),
    optional: true,
    description: 'store etcd: holds the password of --etcd-user',
    placeholder: 'FILE',
  },
} as const;

const ONLY_ETCD = [
  'advertise',
  'etcdCa',
  'etcdCert',
  'etcdKey',
  'etcdUser',
  'etcdPasswordFile',
] as const;

/** What proves to an etcd who we are. */
export type EtcdOptions = Pick<
  ConfigOf<typeof etcdOptions>,
  'etcdCa' | 'etcdCert' | 'etcdKey' | 'etcdUser' | 'etcdPasswordFile'
>;

const options = {
  listen: {
    schema: address(STREAMS),
    default: 'tcp://127.0.0.1:7400',
    description: 'where daemons connect',
    placeholder: 'ADDRESS',
  },
  transport: transportOption(),
  ...tlsOptions,
  tlsOptional: {
    schema: flag(),
    default: 'false',
    description: 'daemons with tcp:// and with tls:// are taken side by side, for a change-over',
  },
  adminTokenFile: adminTokenOption,
  admin: {
    schema: httpAddress(),
    default: 'http://127.0.0.1:7490',
    description: 'where health and status are served',
    placeholder: 'URL',
  },
  domain: {
    schema: text('a domain name of 1 to 255 characters', isDomain),
    default: 'default',
    description: 'the domain that is served; daemons of another are refused',
    placeholder: 'NAME',
  },
  lease: {
    schema: duration({ min: 50, max: 600_000 }),
    default: '3s',
    description: 'how long a daemon counts as alive after its last renewal',
  },
  store: {
    schema: text(`memory, file:DIR or ${ETCD_FORM}`, isStore),
    default: 'memory',
    description:
      'where the table is kept; with file:DIR a restart changes nothing (see gsns store), with etcd:… several gsns share it and one is active',
    placeholder: 'STORE',
  },
  ...advertise,
  ...etcdOptions,
  recoveryWindow: {
    schema: duration({ min: 50, max: 600_000 }),
    optional: true,
    defaultText: 'a lease and a tenth',
    description: 'where the table may be missing something: how long daemons may register first',
  },
  fresh: {
    schema: flag(),
    default: 'false',
    description: 'skip the recovery window; groups of an earlier start are lost',
  },
  isolation: {
    schema: choice(['continue', 'suspend']),
    default: 'continue',
    description: 'what the groups of a daemon do that has not reached its name server for a lease',
  },
  anewAfter: {
    schema: duration({ min: 50 }),
    optional: true,
    defaultText: durationText(ANEW_AFTER_DEFAULT_MS),
    description: 'isolation suspend: silent groups are started anew after so long',
  },
  leaderRecovery: {
    schema: choice(['announced', 'silent', 'name-server']),
    default: 'announced',
    description: 'how a new group leader is found and made known',
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
} as const;

type Config = ConfigOf<typeof options>;

/** The options of gsns (`command-line.md`). */
export const program = defineProgram({
  name: 'gsns',
  version: manifest.version,
  description: 'The Group Services name server: one per domain.',
  options,
  checks: [
    storeConflicts,
    etcdConflicts,
    isolationConflicts,
    (config) => adminConflicts(config),
    (config) => tlsConflicts(config, { listen: [config.listen], admin: [config.admin] }),
  ],
  files: (config) =>
    fileMistakes([
      (logger) => TlsFiles.open(config, logger),
      (logger) => new AdminTokenFile(config.adminTokenFile, logger),
    ]),
});

/** The same options, whose address may also be that of a transport that the operator has brought. */
export function programWith(plugged: PluggedTransports): typeof program {
  const streams = streamsOf(plugged);
  const listen = withTransports(options.listen, STREAMS, streams);
  const advertise = withTransports(options.advertise, STREAMS, streams);
  const transport = transportOption(plugged);
  return { ...program, options: { ...options, listen, advertise, transport } };
}

export type NameServerConfig = Config;

/** The directory of a file store; undefined for the store in memory. */
export function storeDirectory(config: NameServerConfig): string | undefined {
  return config.store.startsWith('file:') ? config.store.slice('file:'.length) : undefined;
}

/** Milliseconds of silence after which a group is started anew; only with the policy `suspend`. */
export function anewAfterOf(config: NameServerConfig): number {
  return config.anewAfter ?? ANEW_AFTER_DEFAULT_MS;
}

function storeConflicts(config: Config): Conflict<typeof options>[] {
  if (!config.fresh || config.recoveryWindow === undefined) return [];
  return [{ option: 'recoveryWindow', message: 'contradicts --fresh, which skips it' }];
}

/** What only etcd needs, and what it needs. */
function etcdConflicts(config: Config): Conflict<typeof options>[] {
  const conflicts: Conflict<typeof options>[] = [];
  const place = etcdPlace(config.store);
  if (place === undefined) {
    const message = `belongs to --store ${ETCD_FORM}`;
    return ONLY_ETCD.flatMap((option) =>
      config[option] === undefined ? [] : [{ option, message }],
    );
  }
  const pairs = [
    ['etcdCert', 'etcdKey'],
    ['etcdUser', 'etcdPasswordFile'],
  ] as const;
  for (const [one, other] of pairs) {
    if ((config[one] === undefined) === (config[other] === undefined)) continue;
    const option = config[one] === undefined ? one : other;
    conflicts.push({
      option,
      message: `--${optionName(one)} and --${optionName(other)} go together`,
    });
  }
  const everywhere = /^(?:tcp|tls):\/\/(?:0\.0\.0\.0|\[::\]):/u;
  if (config.advertise === undefined && everywhere.test(config.listen)) {
    const message = `${config.listen} is no address to connect to: say where daemons reach it`;
    conflicts.push({ option: 'advertise', message });
  }
  return conflicts;
}

/** The policy `suspend` is safe only if silence lasts longer than every daemon needs to stand still. */
function isolationConflicts(config: Config): Conflict<typeof options>[] {
  const conflicts: Conflict<typeof options>[] = [];
  if (config.isolation === 'continue') {
    if (config.anewAfter === undefined) return [];
    const message = 'belongs to --isolation suspend; with "continue" silence never ends a group';
    return [{ option: 'anewAfter', message }];
  }
  const least = leastSilence(config.lease);
  const why = `must be at least ${least}ms: the lease, and a tenth of it for clocks that differ`;
  if (anewAfterOf(config) < least) conflicts.push({ option: 'anewAfter', message: why });
  if (config.recoveryWindow !== undefined && config.recoveryWindow < least) {
    conflicts.push({ option: 'recoveryWindow', message: `${why}, with --isolation suspend` });
  }
  return conflicts;
}
