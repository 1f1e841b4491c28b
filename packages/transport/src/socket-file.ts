import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';

import { makeDirectories } from './directories.js';
import { systemCodeOf, TransportError, toTransportError } from './errors.js';

/** A local process that does not even accept within this time is alive, only busy. */
const PROBE_TIMEOUT_MS = 1000;

/** Which file it was: a path can come to name another file, these two numbers cannot. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** Creates the directory of a socket file if it is missing. */
export async function makeDirectory(path: string, address: string): Promise<void> {
  try {
    await makeDirectories(dirname(path));
  } catch (error) {
    throw toTransportError('listen', address, error);
  }
}

/** Gives the file to a group, which its mode may let in. The owner stays. */
export function setGroup(path: string, groupId: number, address: string): void {
  try {
    chownSync(path, lstatSync(path).uid, groupId);
  } catch (error) {
    throw toTransportError('listen', address, error);
  }
}

/** Says who may connect: whoever may write the file. */
export function setMode(path: string, mode: number, address: string): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw toTransportError('listen', address, error);
  }
}

/**
 * Frees the path of a socket file whose process is gone, which is found out by connecting.
 *
 * The file is looked at again right before it is deleted: of several processes that start at the
 * same time none may delete the file that another has just put there. Its change time is compared,
 * too, because a new file may get the number of a deleted one.
 *
 * @throws TransportError `live-socket` when it is served, `address-in-use` when it is no socket
 */
export async function removeStaleSocket(path: string, address: string): Promise<void> {
  try {
    const found = lstatSync(path, { bigint: true });
    if (!found.isSocket()) throw notASocket(path, address);
    if (await isServed(path)) throw liveSocket(path, address);
    const now = lstatSync(path, { bigint: true });
    const isSame = now.ino === found.ino && now.dev === found.dev && now.ctimeNs === found.ctimeNs;
    // Another file is judged anew, at the next attempt to listen.
    if (isSame) unlinkSync(path);
  } catch (error) {
    if (error instanceof TransportError) throw error;
    // Somebody else removed it meanwhile, which is what was wanted.
    if (systemCodeOf(error) === 'ENOENT') return;
    throw toTransportError('listen', address, error);
  }
}

/** The file that a path names now; undefined when there is none or it cannot be looked at. */
export function identify(path: string): FileIdentity | undefined {
  try {
    const stats = lstatSync(path, { bigint: true });
    return { device: stats.dev, inode: stats.ino };
  } catch {
    // A file that we cannot see is not one that we could protect or delete.
    return undefined;
  }
}

/**
 * Runs `close`, which deletes whatever the path names, so that only our own file is deleted.
 *
 * Closing a Unix server makes the runtime delete its path without a look. When an operator removed
 * our file and started another process there, that one's file is kept out of the way meanwhile.
 */
export function closeOwnSocket(
  path: string,
  own: FileIdentity | undefined,
  close: () => void,
): void {
  const found = identify(path);
  const isForeign =
    found !== undefined && (found.inode !== own?.inode || found.device !== own.device);
  if (!isForeign) {
    close();
    return;
  }
  const aside = asideOf(path);
  renameSync(path, aside);
  close();
  renameSync(aside, path);
}

function asideOf(path: string): string {
  return `${path}.${randomBytes(3).toString('hex')}`;
}

/** Only a refused connection proves that nobody serves the socket; every doubt counts as alive. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const answer = (served: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(served);
    };
    const timer = setTimeout(() => answer(true), PROBE_TIMEOUT_MS);
    socket.once('connect', () => answer(true));
    socket.on('error', (error) => {
      const code = systemCodeOf(error);
      answer(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

function liveSocket(path: string, address: string): TransportError {
  return new TransportError('live-socket', address, {
    message: `cannot listen at ${address}: a living process serves ${path}; stop it first`,
  });
}

function notASocket(path: string, address: string): TransportError {
  return new TransportError('address-in-use', address, {
    message: `cannot listen at ${address}: ${path} exists and is not a socket; it is left alone`,
  });
}
