// How the hosts hang together:
//
//   host namespace        wire namespace             switch namespace
//   eth0 (VXLAN, id 1) ── socket ─┐
//   eth0 (VXLAN, id 2) ── socket ─┼── link ═════════ link ── a UDP socket of our own switch
//   eth0 (VXLAN, id 3) ── socket ─┘
//
// A VXLAN device packs Ethernet frames into UDP and keeps sending through the namespace it was made
// in, also after it has moved to another one. So a plain UDP program sees every frame of every host,
// and decides what becomes of it; no packet socket, no native code. The wire needs a namespace of its
// own because the kernel would hand tunnelled packets for a local address straight to itself.
import { ip, namespaceFile } from './namespaces.js';

/** Where the switch and the kernel's end of the tunnels meet; seen by nobody else. */
export const WIRE_ADDRESS = '10.254.0.1';
export const SWITCH_ADDRESS = '10.254.0.2';
export const TUNNEL_PORT = 4789;

/** Above what a tunnelled frame of 1500 bytes needs, so that nothing is cut into fragments there. */
const WIRE_MTU = 9000;
const HOST_MTU = 1500;

/** One host: its namespace, and its place in the network. */
export interface Host {
  readonly name: string;
  /** From 1; the tunnel's id, and the last byte of both addresses. */
  readonly number: number;
  readonly address: string;
  readonly namespace: string;
}

export interface Network {
  readonly hosts: readonly Host[];
  readonly switchNamespace: string;
}

/** Makes the namespaces and everything in them. Half of it may be there when it fails. */
export async function createNetwork(prefix: string, names: readonly string[]): Promise<Network> {
  const wire = `${prefix}wire`;
  const switchNamespace = `${prefix}switch`;
  const hosts = names.map((name, index) => ({
    name,
    number: index + 1,
    address: `10.77.0.${index + 1}`,
    namespace: `${prefix}host-${name}`,
  }));
  await ip([wire, switchNamespace, ...hosts.map((h) => h.namespace)].map((n) => `netns add ${n}`));
  await ip(
    [
      `link add wire type veth peer name wire netns ${switchNamespace}`,
      `addr add ${WIRE_ADDRESS}/30 dev wire`,
      `link set wire mtu ${WIRE_MTU} up`,
      ...hosts.flatMap(tunnel),
    ],
    wire,
  );
  await ip(
    [
      `addr add ${SWITCH_ADDRESS}/30 dev wire`,
      `link set wire mtu ${WIRE_MTU} up`,
      'link set lo up',
    ],
    switchNamespace,
  );
  await Promise.all(hosts.map((host) => ip(interfaces(host), host.namespace)));
  return { hosts, switchNamespace };
}

/** The command line that runs a program in a namespace; it becomes the program, with the same pid. */
export function enter(namespace: string, argv: readonly string[]): readonly string[] {
  return ['nsenter', `--net=${namespaceFile(namespace)}`, '--', ...argv];
}

function tunnel({ number, namespace }: Host): readonly string[] {
  const name = `tunnel${number}`;
  return [
    `link add ${name} type vxlan id ${number} dstport ${TUNNEL_PORT} local ${WIRE_ADDRESS} remote ${SWITCH_ADDRESS} nolearning`,
    `link set ${name} netns ${namespace}`,
  ];
}

function interfaces({ number, address }: Host): readonly string[] {
  const hardware = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
  return [
    'link set lo up',
    `link set tunnel${number} name eth0`,
    // One segment at a time: the switch shall see what a real wire would carry.
    `link set eth0 address ${hardware} mtu ${HOST_MTU} gso_max_segs 1 addrgenmode none`,
    `addr add ${address}/24 brd + dev eth0`,
    'link set eth0 up',
    // For multicast by a program that names no interface.
    'route add default dev eth0',
  ];
}
