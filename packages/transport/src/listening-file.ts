import type { Server } from 'node:net';

import type { ListenOptions } from './contract.js';
import { TransportError } from './errors.js';
import { closeOwnSocket, type FileIdentity, identify } from './socket-file.js';

/** How often the file is looked at. Looking costs next to nothing, and needs no file descriptor. */
const LOOK_EVERY_MS = 1000;
/** Somebody else's file is tried again after so many looks: its process may have been killed. */
const FOREIGN_LOOKS = 30;

/**
 * The socket file that a server listens at, kept in place.
 *
 * Whoever cleans up a directory can delete the file of a server that lives: it goes on, and nobody
 * finds it any more. So the file is looked at now and then, and made anew when it is gone. One that
 * another process put there is left to that process, for as long as it lives.
 */
export class ListeningFile {
  readonly #path: string;
  readonly #options: ListenOptions;
  readonly #bind: () => Promise<Server>;
  #server: Server | undefined;
  #own: FileIdentity | undefined;
  /** Somebody else's file that could not be replaced, and for how many looks it is let be. */
  #foreign: FileIdentity | undefined;
  #foreignLooks = 0;
  #look: NodeJS.Timeout | undefined;
  #isBinding = false;
  #closed = false;

  constructor(path: string, options: ListenOptions, bind: () => Promise<Server>) {
    this.#path = path;
    this.#options = options;
    this.#bind = bind;
  }

  /** @throws TransportError */
  async begin(): Promise<void> {
    this.#server = await this.#bind();
    this.#own = identify(this.#path);
    this.#look = setInterval(() => void this.#check(), LOOK_EVERY_MS);
    this.#look.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#look);
    this.#end(this.#server);
  }

  async #check(): Promise<void> {
    if (this.#isBinding) return;
    const found = identify(this.#path);
    if (isSame(found, this.#own)) return;
    if (found !== undefined && isSame(found, this.#foreign) && this.#foreignLooks > 0) {
      this.#foreignLooks -= 1;
      return;
    }
    this.#isBinding = true;
    try {
      await this.#bindAnew();
      this.#foreign = undefined;
      if (!this.#closed) this.#options.onTaken?.(undefined);
    } catch (error) {
      this.#foreign = found;
      this.#foreignLooks = FOREIGN_LOOKS;
      if (!this.#closed && error instanceof TransportError) this.#options.onTaken?.(error);
    } finally {
      this.#isBinding = false;
    }
  }

  async #bindAnew(): Promise<void> {
    const [former, server] = [this.#server, await this.#bind()];
    // Closing the former deletes whatever has its name, unless told that this is not its own.
    this.#end(former);
    this.#server = server;
    this.#own = identify(this.#path);
    if (this.#closed) this.#end(server);
  }

  #end(server: Server | undefined): void {
    closeOwnSocket(this.#path, this.#own, () => void server?.close());
  }
}

function isSame(one: FileIdentity | undefined, other: FileIdentity | undefined): boolean {
  return one?.inode === other?.inode && one?.device === other?.device;
}
