// Just enough of VXLAN, Ethernet and IPv4 for a switch.

/** Flags, reserved bytes and the tunnel's id, before the Ethernet frame. */
const TUNNEL_HEADER = 8;
const ETHERNET_HEADER = 14;
const IPV4_HEADER_MIN = 20;
const IPV4 = 0x0800;
/** How hardware addresses of IPv4 groups begin. */
const IPV4_GROUPS = 0x01005e;
const TCP = 6;
const UDP = 17;
/** Where the checksum stands in each of them. */
const TCP_CHECKSUM = 16;
const UDP_CHECKSUM = 6;

/** Shorter ones carry no whole Ethernet header. */
export const SHORTEST = TUNNEL_HEADER + ETHERNET_HEADER;

/** Number of the host whose tunnel a packet belongs to. */
export function tunnelOf(packet: Buffer): number {
  return packet.readUIntBE(4, 3);
}

/** The same packet for the tunnel of another host. */
export function forTunnel(packet: Buffer, host: number): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUIntBE(host, 4, 3);
  return copy;
}

/** Number of the host a frame is for; undefined when it is for all. */
export function destinationOf(packet: Buffer): number | undefined {
  const isForMany = (packet.readUInt8(TUNNEL_HEADER) & 1) === 1;
  return isForMany ? undefined : packet.readUInt8(TUNNEL_HEADER + 5);
}

/** Whether a frame is for a group of IPv4; a broadcast is not. */
export function isMulticast(packet: Buffer): boolean {
  return packet.readUIntBE(TUNNEL_HEADER, 3) === IPV4_GROUPS;
}

/**
 * Writes the TCP or UDP checksum of the frame. Kernels leave it to the network card, and there is no
 * card on this way; without it the receiver would drop every frame.
 */
export function completeChecksum(packet: Buffer): void {
  const datagram = TUNNEL_HEADER + ETHERNET_HEADER;
  if (packet.length < datagram + IPV4_HEADER_MIN) return;
  if (packet.readUInt16BE(datagram - 2) !== IPV4) return;
  // Of a fragment the kernel has computed it before cutting.
  if ((packet.readUInt16BE(datagram + 6) & 0x3fff) !== 0) return;
  const protocol = packet.readUInt8(datagram + 9);
  const start = datagram + (packet.readUInt8(datagram) & 0xf) * 4;
  const end = datagram + packet.readUInt16BE(datagram + 2);
  const field = checksumField(protocol, start);
  if (field === undefined || field + 2 > end || end > packet.length) return;
  // A sender of UDP may do without.
  if (protocol === UDP && packet.readUInt16BE(field) === 0) return;
  packet.writeUInt16BE(0, field);
  const addresses = sum(packet, datagram + 12, datagram + 20);
  const checksum = complement(addresses + protocol + (end - start) + sum(packet, start, end));
  packet.writeUInt16BE(protocol === UDP && checksum === 0 ? 0xffff : checksum, field);
}

function checksumField(protocol: number, start: number): number | undefined {
  if (protocol === TCP) return start + TCP_CHECKSUM;
  return protocol === UDP ? start + UDP_CHECKSUM : undefined;
}

/** Of the 16-bit words from `start` to `end`; an odd last byte counts as the high one of a word. */
function sum(packet: Buffer, start: number, end: number): number {
  let total = 0;
  let at = start;
  for (; at + 1 < end; at += 2) total += packet.readUInt16BE(at);
  return at < end ? total + packet.readUInt8(at) * 256 : total;
}

function complement(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}
