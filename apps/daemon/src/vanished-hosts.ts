import { readFile } from 'node:fs/promises';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

/**
 * Which TCP connections lead to a host that has vanished, as the operating system sees it.
 *
 * A process that stands still, at a breakpoint or for want of a processor, must not lose its memberships:
 * its silence proves nothing. But its system goes on acknowledging what it is sent. When that stops, and
 * several repetitions in a row remain unanswered, the host is gone, or cut off. A quiet connection is
 * probed by the system itself; one with something on its way is not, and would be given up only after a
 * quarter of an hour. Linux tells the count of repetitions in `/proc/net/tcp`; Node has no other way to
 * ask for it. Elsewhere there is no such file, and such a connection ends when the system gives it up.
 */

/** Repetitions without an answer: the fourth leaves some three seconds after the first attempt. */
const REPETITIONS = 4;
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ESTABLISHED = '01';

/** The ends of a connection as one text. */
export function connectionKey(local: string, remote: string): string {
  return `${local} ${remote}`;
}

/** The connections with something on their way that the other host does not acknowledge. */
export async function unansweredConnections(): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(TABLES.map((file) => readFile(file, 'latin1').catch(() => '')));
  return new Set(tables.flatMap(unansweredIn));
}

/** Reads one table: a heading, then a line for each socket. */
export function unansweredIn(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, queues = '', , repetitions = ''] = line
      .trim()
      .split(/\s+/u);
    if (state !== ESTABLISHED || Number.parseInt(repetitions, 16) < REPETITIONS) return [];
    if (Number.parseInt(queues, 16) === 0) return [];
    return [connectionKey(endOf(local), endOf(remote))];
  });
}

/** `0100007F:1CE8` is port 7400 of 127.0.0.1: words in the byte order of the machine. */
function endOf(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const words = address.match(/.{8}/gu) ?? [];
  const hex = words.map((word) => (endianness() === 'LE' ? reversed(word) : word)).join('');
  const number = Number.parseInt(port, 16);
  if (words.length === 1) {
    const bytes = hex.match(/../gu) ?? [];
    return `tcp://${bytes.map((byte) => Number.parseInt(byte, 16)).join('.')}:${number}`;
  }
  const long = (hex.match(/.{4}/gu) ?? []).join(':');
  const { address: short } = new SocketAddress({ address: long, family: 'ipv6' });
  return `tcp://[${short}]:${number}`;
}

function reversed(word: string): string {
  return (word.match(/../gu) ?? []).reverse().join('');
}
