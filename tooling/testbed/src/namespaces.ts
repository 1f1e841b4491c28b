// The machine's part of the testbed: network namespaces, by iproute2.
//
// Their names carry the process that made them and when it started, so that what a killed run left
// behind can be told from what another run is using now.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const PREFIX = 'gsbed';
/** Field 22 of /proc/PID/stat, counted behind the name of the program, which may contain anything. */
const START_TIME_FIELD = 19;
const FOLDER = '/run/netns';

let made = 0;

/** A beginning for names that no other testbed uses. */
export function uniquePrefix(): string {
  made += 1;
  return `${PREFIX}-${process.pid}-${startOf(process.pid)}-${made}-`;
}

/** Where a program must go to be in a namespace. */
export function namespaceFile(name: string): string {
  return `${FOLDER}/${name}`;
}

/** Runs `ip` with these lines as its batch, in a namespace if one is given. */
export async function ip(lines: readonly string[], namespace?: string): Promise<void> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  await output('ip', [...where, '-batch', '-'], `${lines.join('\n')}\n`);
}

/** A folder for the files of a testbed; not in the system's own, whose name may be too long for sockets. */
export function folderOf(prefix: string): string {
  return `/tmp/${prefix}files`;
}

/** Ends every process in the namespaces with this prefix but the caller; removes them and the folder. */
export async function removeAll(prefix: string): Promise<void> {
  const names = namespaces().filter((name) => name.startsWith(prefix));
  for (const name of names) await killAllIn(name);
  if (names.length > 0) await ip(names.map((name) => `netns del ${name}`));
  await rm(folderOf(prefix), { recursive: true, force: true });
}

/** As if the power of the host had failed. */
export async function killAllIn(namespace: string): Promise<void> {
  for (const pid of (await output('ip', ['netns', 'pids', namespace])).split('\n')) {
    if (pid !== '' && Number(pid) !== process.pid) kill(Number(pid));
  }
}

/** Removes what runs that were killed have left behind; answers how many namespaces that were. */
export async function removeLeftovers(): Promise<number> {
  const left = namespaces().filter(isLeftover);
  for (const prefix of new Set(left.map((name) => name.split('-').slice(0, 4).join('-')))) {
    await removeAll(`${prefix}-`);
  }
  return left.length;
}

/** The namespaces of all testbeds of this machine. */
export function namespaces(): readonly string[] {
  try {
    return readdirSync(FOLDER).filter((name) => name.startsWith(`${PREFIX}-`));
  } catch {
    // The folder appears with the first namespace.
    return [];
  }
}

/** What a program of the system prints; its complaint becomes the error. */
export async function output(
  program: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.on('error', reject);
    // A program that ends without reading what it is given says why by its status.
    child.stdin.on('error', () => {});
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(printed).toString('utf8'));
      else {
        const complaint = Buffer.concat(complaints).toString('utf8').trim();
        reject(new Error(`${[program, ...args].join(' ')}: ${complaint || `status ${status}`}`));
      }
    });
    child.stdin.end(input);
  });
}

function isLeftover(name: string): boolean {
  const [, pid, start] = name.split('-');
  return startOf(Number(pid)) !== start;
}

/** When a process started, in ticks since the machine did; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD];
  } catch {
    // It has ended.
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
