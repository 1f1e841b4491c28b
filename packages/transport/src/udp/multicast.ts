import type { Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';

import { DATAGRAM, idOf, sameBytes, typeOf } from '@group-services/udp-association';

import type { UdpAddress } from '../udp-address.js';
import { UdpCast } from './cast.js';
import { newId, type UdpShared } from './shared.js';
import { openUdpSocket } from './udp-socket.js';

/** Packets stay within the local network unless told otherwise. */
const TTL_DEFAULT = 1;

/** Membership of an IP multicast group, and a stream to it. */
export interface Multicast {
  readonly stream: UdpCast;
  readonly close: () => void;
}

/**
 * Joins the group of an address. What is sent is looped back, so that several processes of one host
 * hear each other.
 *
 * @throws what the operating system reports when the group cannot be joined
 */
export async function joinMulticast(address: UdpAddress, shared: UdpShared): Promise<Multicast> {
  const group = address.multicast;
  if (group === undefined) throw new Error('an address with a multicast group is needed');
  const via = interfaceOf(address);
  const sockets: Socket[] = [];
  const close = (): void => {
    for (const socket of sockets.splice(0)) socket.close();
  };
  try {
    const host = process.platform === 'win32' ? '0.0.0.0' : group.host;
    const incoming = await openUdpSocket({ bind: { host, port: group.port }, shared: true });
    sockets.push(incoming);
    incoming.addMembership(group.host, via);
    const outgoing = await openUdpSocket({ bind: { host: via ?? '0.0.0.0', port: 0 } });
    sockets.push(outgoing);
    if (via !== undefined) outgoing.setMulticastInterface(via);
    outgoing.setMulticastLoopback(true);
    outgoing.setMulticastTTL(address.ttl ?? TTL_DEFAULT);
    const { counters, datagramBytes } = shared;
    const stream = new UdpCast({ id: newId(), datagramBytes, counters }, (datagram) => {
      if (sockets.length === 0) return;
      counters.datagramsSent += 1;
      outgoing.send(datagram, group.port, group.host, ignore);
    });
    incoming.on('message', (bytes) => {
      shared.counters.datagramsReceived += 1;
      if (!takeCast(bytes, shared)) shared.counters.malformed += 1;
    });
    for (const socket of sockets) socket.on('error', ignore);
    return {
      stream,
      close: () => {
        stream.stop();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** What cannot be sent is lost, as much else is; who does not hear us stops answering beacons. */
function ignore(): void {}

/** Unless told otherwise the interface that has the address listened at. */
function interfaceOf({ networkInterface, host }: UdpAddress): string | undefined {
  return networkInterface ?? (isIPv4(host) && host !== '0.0.0.0' ? host : undefined);
}

/** Gives a datagram of a multicast stream to the links of that peer; false if it is none. */
export function takeCast(bytes: Uint8Array, { streams, stream, counters }: UdpShared): boolean {
  const type = typeOf(bytes);
  if (type !== DATAGRAM.beacon && type !== DATAGRAM.castFrames && type !== DATAGRAM.castFragment) {
    return false;
  }
  const id = idOf(bytes);
  const links = streams.of(id);
  if (links === undefined) {
    // Our own words come back; those of strangers are none of our business.
    if (stream === undefined || !sameBytes(stream.id, id)) counters.foreign += 1;
    return true;
  }
  for (const link of [...links]) link.step({ kind: 'cast', bytes });
  return true;
}
