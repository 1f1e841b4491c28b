import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Longer paths than this name no socket: they are reached through the open directory instead. */
const PATH_BYTES_MAX = 100;

/**
 * The socket at which the holder of a directory listens, so that others can tell whether it lives.
 *
 * It accepts and closes; nothing is said. Where the file system has no sockets there is none.
 */
export class SocketOfHolder {
  /** The file's name within the directory; null where there can be none. */
  readonly name: string | null;
  readonly #server: Server | undefined;
  readonly #directory: FileHandle | undefined;

  private constructor(
    name: string | null,
    server: Server | undefined,
    directory: FileHandle | undefined,
  ) {
    this.name = name;
    this.#server = server;
    this.#directory = directory;
  }

  static async listen(directory: string): Promise<SocketOfHolder> {
    const name = `lock-${randomUUID()}.sock`;
    const { path, handle } = await pathOf(directory, name);
    const server = createServer((socket) => socket.destroy());
    server.unref();
    try {
      server.listen(path);
      await once(server, 'listening');
      return new SocketOfHolder(name, server, handle);
    } catch (error) {
      await handle?.close();
      if (error instanceof Error && 'code' in error && isNoSocketHere(error.code)) {
        return new SocketOfHolder(null, undefined, undefined);
      }
      throw error;
    }
  }

  /** The file goes with it. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    await this.#directory?.close();
  }
}

/** Whether somebody listens at a socket of a directory. */
export async function isHeld(directory: string, name: string): Promise<boolean> {
  const { path, handle } = await pathOf(directory, name);
  try {
    return await new Promise<boolean>((resolve) => {
      const socket = connect(path);
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      // Whatever else is wrong with it, it does not show that nobody is there.
      socket.on('error', (error) => resolve(!isNobody('code' in error ? error.code : undefined)));
    });
  } finally {
    await handle?.close();
  }
}

async function pathOf(
  directory: string,
  name: string,
): Promise<{ readonly path: string; readonly handle: FileHandle | undefined }> {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return { path, handle: undefined };
  const handle = await open(directory, 'r');
  return { path: `/proc/self/fd/${handle.fd}/${name}`, handle };
}

function isNobody(code: unknown): boolean {
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTSOCK';
}

function isNoSocketHere(code: unknown): boolean {
  return code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'EPERM' || code === 'EINVAL';
}
