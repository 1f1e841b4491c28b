import { newCounters, type UdpCounters } from '@group-services/udp-association';

import type {
  DialOptions,
  Link,
  LinkHandlers,
  Listener,
  ListenOptions,
  Transport,
} from './contract.js';
import { TransportError, toTransportError } from './errors.js';
import { dialUdp } from './udp/dialling.js';
import { Listening } from './udp/listening.js';
import { joinMulticast, type Multicast } from './udp/multicast.js';
import { Streams, type UdpShared } from './udp/shared.js';
import { numeric, openUdpSocket } from './udp/udp-socket.js';
import {
  DATAGRAM_BYTES_DEFAULT,
  type UdpAddress,
  udpAddress,
  udpAddresses,
} from './udp-address.js';

export type { UdpCounters } from '@group-services/udp-association';

/** Links over UDP, and what they have met. */
export interface UdpTransport extends Transport {
  readonly counters: Readonly<UdpCounters>;
}

/**
 * Links over UDP, at `udp://host:port`; port 0 takes any free one. Frames come whole or not at all,
 * perhaps twice and in another order; only reliable ones are repeated.
 *
 * Who listens at `udp://host:port?multicast=239.x.y.z:port` joins that IP multicast group, and what it
 * sends to several peers of the same group can leave as one datagram ({@link Link.cast}).
 */
export function udp(): UdpTransport {
  const shared: UdpShared = {
    counters: newCounters(),
    budget: { bytes: 0 },
    streams: new Streams(),
    datagramBytes: DATAGRAM_BYTES_DEFAULT,
    stream: undefined,
    group: undefined,
  };
  return {
    ...udpAddresses,
    delivery: 'datagram',
    counters: shared.counters,
    listen: (address, onLink, options) => listen(shared, address, { onLink, options }),
    dial: async (address: string, handlers: LinkHandlers, options: DialOptions = {}) =>
      await dialUdp({ address, end: udpAddresses.partsOf(address), handlers, options }, shared),
  };
}

async function listen(
  shared: UdpShared,
  address: string,
  request: {
    readonly onLink: (link: Link) => LinkHandlers;
    readonly options: ListenOptions | undefined;
  },
): Promise<Listener> {
  const { onLink, options = {} } = request;
  const end = udpAddresses.partsOf(address);
  const socket = await bind(address, end);
  if (end.multicast !== undefined && shared.stream !== undefined) {
    socket.close();
    const message = `cannot listen at ${address}: one multicast group is joined already`;
    throw new TransportError('bad-address', address, { message });
  }
  shared.datagramBytes = end.datagramBytes ?? DATAGRAM_BYTES_DEFAULT;
  const { address: host, port } = socket.address();
  const local = udpAddress(host, port);
  socket.on('error', (error) => options.onError?.(toTransportError('listen', local, error)));
  const multicast = await join(shared, address, { end, options });
  const listening = new Listening({ socket, local, shared, onLink, options });
  return {
    address: multicast === undefined ? local : udpAddress(host, port, end.multicast),
    close: async () => {
      if (multicast !== undefined && shared.stream === multicast.stream) {
        multicast.close();
        shared.stream = undefined;
        shared.group = undefined;
      }
      listening.close();
    },
  };
}

async function bind(address: string, { host, port }: UdpAddress) {
  try {
    return await openUdpSocket({ bind: { host: await numeric(host), port } });
  } catch (error) {
    throw toTransportError('listen', address, error);
  }
}

/** Without its group a process is still reached by its own address. */
async function join(
  shared: UdpShared,
  address: string,
  { end, options }: { readonly end: UdpAddress; readonly options: ListenOptions },
): Promise<Multicast | undefined> {
  if (end.multicast === undefined) return undefined;
  try {
    const multicast = await joinMulticast(end, shared);
    shared.stream = multicast.stream;
    shared.group = end.multicast;
    return multicast;
  } catch (cause) {
    const { host, port } = end.multicast;
    const message = `cannot join the multicast group ${host}:${port}, going on without it: ${String(cause)}`;
    options.onError?.(new TransportError('failed', address, { message, cause }));
    return undefined;
  }
}
