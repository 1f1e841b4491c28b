/** How a leader's successor is found, and how acknowledgements are asked for. */
interface Variant {
  readonly recovery: 'announced' | 'silent' | 'name-server';
  readonly quiesce: 'anticipate' | 'convert' | 'sync' | 'ack-required';
}

/** Each of both once. */
const VARIANTS: readonly Variant[] = [
  { recovery: 'announced', quiesce: 'anticipate' },
  { recovery: 'announced', quiesce: 'convert' },
  { recovery: 'silent', quiesce: 'sync' },
  { recovery: 'name-server', quiesce: 'ack-required' },
];

/** How the programs of a domain reach each other. */
export interface TransportUnderTest {
  readonly name: string;
  /** What a daemon or name server at this address of the testbed listens at. */
  readonly nameServer: (address: string) => string;
  readonly daemon: (address: string) => string;
  /** A network that this transport shall bear: frames are lost, doubled and overtaken. */
  readonly bad: { readonly loss: number; readonly duplicate: number; readonly reorder: number };
  readonly variants: readonly Variant[];
}

/** Inside their namespaces the ports belong to nobody else. */
const NAME_SERVER_PORT = 7400;
const DAEMON_PORT = 7401;

/** A kernel's TCP waits 200 ms and more before it repeats a frame, so more loss is a cut link to it. */
export const tcp: TransportUnderTest = {
  name: 'tcp',
  nameServer: (address) => `tcp://${address}:${NAME_SERVER_PORT}`,
  daemon: (address) => `tcp://${address}:${DAEMON_PORT}`,
  bad: { loss: 5, duplicate: 10, reorder: 20 },
  variants: VARIANTS,
};

const overUdp = {
  // The name server is asked over TCP.
  nameServer: tcp.nameServer,
  bad: { loss: 15, duplicate: 20, reorder: 30 },
  // Engines do not know the transport; these two differ most in what is sent to whom.
  variants: VARIANTS.filter(
    ({ quiesce }) => quiesce === 'anticipate' || quiesce === 'ack-required',
  ),
};

export const udp: TransportUnderTest = {
  ...overUdp,
  name: 'udp',
  daemon: (address) => `udp://${address}:${DAEMON_PORT}`,
};

/** Of the testbed's own network, so that every run can have the same. */
const GROUP = '239.77.0.1:7402';

export const multicast: TransportUnderTest = {
  ...overUdp,
  name: 'multicast',
  daemon: (address) => `udp://${address}:${DAEMON_PORT}?multicast=${GROUP}`,
};
