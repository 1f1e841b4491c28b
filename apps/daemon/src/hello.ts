import type { NodeName } from '@group-services/core';
import { type Hello, MAGIC, wireOffer } from '@group-services/wire';
import { type DaemonConfig, program } from './config.js';

/** What a daemon says of itself when it dials; all of it is known, and never changes. */
export interface DaemonHello extends Hello {
  readonly role: 'daemon';
  readonly node: NodeName;
  readonly incarnation: number;
  readonly address: string;
}

/** `listening`: where it listens for other daemons. */
export function daemonHello(
  config: DaemonConfig,
  incarnation: number,
  listening: string,
): DaemonHello {
  return {
    kind: 'hello',
    magic: MAGIC,
    role: 'daemon',
    ...wireOffer(config.wireMinor),
    domain: config.domain,
    node: config.node as NodeName,
    incarnation,
    heartbeat: config.heartbeat,
    address: advertised(config, listening),
    ...(config.ephemeral && { ephemeral: true }),
    pid: process.pid,
    ...(config.replace && { replace: true as const }),
    release: program.version,
  };
}

/**
 * A wildcard address is no use to others: the node's name is, unless told otherwise. The multicast
 * group that was joined belongs to the address.
 */
function advertised(config: DaemonConfig, listening: string): string {
  const group = /\?multicast=.*$/u.exec(listening)?.[0] ?? '';
  if (config.advertise !== undefined) {
    const bare = config.advertise.startsWith('udp://') && !config.advertise.includes('?');
    return bare ? config.advertise + group : config.advertise;
  }
  return listening.replace(/^(tcp|tls|udp):\/\/(0\.0\.0\.0|\[::\]):/, `$1://${config.node}:`);
}
