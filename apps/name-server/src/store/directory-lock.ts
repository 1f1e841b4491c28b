import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ProgramFailure } from '@group-services/runtime';
import * as z from 'zod';
import { isHeld, SocketOfHolder } from './holder-socket.js';

/** Attempts to take what others take and give up at the same time. */
const ATTEMPTS = 20;
const RETRY_MS = 50;
/** How often a holder shows on another machine that it lives, and after how long without it does not. */
const BEAT_MS = 1_000;
const STALE_MS = 10_000;

const holderSchema = z.object({
  /** Names the start of the kernel, which containers of one machine share. */
  boot: z.string(),
  host: z.string(),
  pid: z.number(),
  /** The socket it listens at; null where the file system has none. */
  socket: z
    .string()
    .regex(/^lock-[0-9a-f-]+\.sock$/u)
    .nullable(),
  released: z.boolean(),
});

type Holder = z.infer<typeof holderSchema>;

/**
 * Keeps a second process out of a directory, also one in another container or on another machine.
 *
 * A process id says nothing: in two containers both are 1, and after a restart of the machine it belongs
 * to somebody else. Who holds a directory listens at a socket in it. The kernel drops that with its holder,
 * and a path finds it from every namespace, so that one connection tells whether the holder lives. On
 * another machine, which a shared file system makes possible, only a beat can be seen: the file's time of
 * change.
 *
 * Locks are numbered files, `lock-7`. Who finds the highest one without a living holder makes the next
 * number, which only one can do; the lock of somebody who lives is never touched. A holder looks before
 * each write whether a higher number has come.
 */
export class DirectoryLock {
  readonly #directory: string;
  readonly #number: number;
  readonly #socket: SocketOfHolder;
  readonly #holder: Holder;
  readonly #beat: NodeJS.Timeout;

  private constructor(
    directory: string,
    number: number,
    own: { readonly socket: SocketOfHolder; readonly holder: Holder },
  ) {
    this.#directory = directory;
    this.#number = number;
    this.#socket = own.socket;
    this.#holder = own.holder;
    this.#beat = setInterval(() => void this.#show(), BEAT_MS);
    this.#beat.unref();
  }

  /** @throws ProgramFailure when somebody who lives has it */
  static async take(directory: string): Promise<DirectoryLock> {
    const socket = await SocketOfHolder.listen(directory);
    const holder = {
      boot: await bootId(),
      host: hostname(),
      pid: process.pid,
      socket: socket.name,
      released: false,
    };
    try {
      const number = await take(directory, holder);
      return new DirectoryLock(directory, number, { socket, holder });
    } catch (error) {
      await socket.close();
      throw error;
    }
  }

  /** @throws ProgramFailure when somebody else has taken the directory */
  async check(): Promise<void> {
    const numbers = await lockNumbers(this.#directory);
    if (numbers.at(-1) === this.#number) return;
    throw new ProgramFailure(
      `the store ${this.#directory} was taken by another name server; this one must not write to it`,
    );
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    await this.#socket.close();
    const numbers = await lockNumbers(this.#directory).catch(() => []);
    if (numbers.at(-1) !== this.#number) return;
    const path = lockPath(this.#directory, this.#number);
    const note = join(this.#directory, `lock-note-${randomUUID()}`);
    try {
      await writeFile(note, JSON.stringify({ ...this.#holder, released: true }));
      await rename(note, path);
    } catch {
      // A disk that is full, say: on this machine the closed socket shows the same.
      await rm(note, { force: true });
    }
  }

  async #show(): Promise<void> {
    const now = new Date();
    // A directory that is gone is found out by the next write.
    await utimes(lockPath(this.#directory, this.#number), now, now).catch(() => {});
  }
}

async function take(directory: string, holder: Holder): Promise<number> {
  const note = join(directory, `lock-note-${randomUUID()}`);
  try {
    await writeFile(note, JSON.stringify(holder), { flag: 'wx' });
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const numbers = await lockNumbers(directory);
      for (const number of numbers) await refuseIfHeld(directory, number, holder.boot);
      const own = (numbers.at(-1) ?? 0) + 1;
      if (await takeNumber(note, lockPath(directory, own))) {
        if (await isHighest(directory, own)) {
          await clearUp(directory, { own, holder });
          return own;
        }
        // It was seen free long ago: others have come and gone since.
        await rm(lockPath(directory, own), { force: true });
      }
      await pause(RETRY_MS * Math.random());
    }
  } finally {
    await rm(note, { force: true });
  }
  throw new ProgramFailure(`the store ${directory} is being taken by other processes; try again`);
}

/** A link is made by one process alone, and its content is complete at once. */
async function takeNumber(note: string, path: string): Promise<boolean> {
  try {
    await link(note, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isHighest(directory: string, own: number): Promise<boolean> {
  return (await lockNumbers(directory)).at(-1) === own;
}

/** Numbers below ours are of holders that are gone. */
async function clearUp(
  directory: string,
  { own, holder }: { readonly own: number; readonly holder: Holder },
): Promise<void> {
  for (const number of await lockNumbers(directory)) {
    if (number >= own) continue;
    const former = await readHolder(directory, number);
    await rm(lockPath(directory, number), { force: true });
    if (former?.socket == null || former.socket === holder.socket) continue;
    await rm(join(directory, former.socket), { force: true });
  }
}

/** @throws ProgramFailure when the holder of this number lives, or may live */
async function refuseIfHeld(directory: string, number: number, boot: string): Promise<void> {
  const holder = await readHolder(directory, number);
  if (holder === undefined || holder.released) return;
  const who = `process ${holder.pid} of ${holder.host}`;
  if (holder.boot === boot && holder.socket !== null) {
    if (!(await isHeld(directory, holder.socket))) return;
    throw new ProgramFailure(`the store ${directory} is used by another name server, ${who}`);
  }
  if (!(await hasBeat(directory, number))) return;
  throw new ProgramFailure(
    `the store ${directory} is used by another name server, ${who}; it was seen alive just now`,
  );
}

/** Looks for as long as a holder elsewhere may take to show itself, by the file system's own clock. */
async function hasBeat(directory: string, number: number): Promise<boolean> {
  const seen = await modifiedAt(lockPath(directory, number));
  for (;;) {
    const last = await modifiedAt(lockPath(directory, number));
    if (last === undefined) return false;
    if (last !== seen) return true;
    if ((await clockOf(directory)) - last > STALE_MS) return false;
    await pause(BEAT_MS / 4);
  }
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

async function clockOf(directory: string): Promise<number> {
  const path = join(directory, `lock-note-${randomUUID()}`);
  await writeFile(path, '');
  const at = await modifiedAt(path);
  await rm(path, { force: true });
  return at ?? Date.now();
}

async function readHolder(directory: string, number: number): Promise<Holder | undefined> {
  try {
    const text = await readFile(lockPath(directory, number), 'utf8');
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Given up meanwhile, or nothing that a name server wrote.
    return undefined;
  }
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock-${number}`);
}

async function lockNumbers(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  const numbers = names.flatMap((name) => /^lock-(\d{1,12})$/u.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

/** Containers share it with their machine; where there is none, the name of the machine has to do. */
async function bootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return text.trim() || `host ${hostname()}`;
}
