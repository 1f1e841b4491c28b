import { ip, output, removeAll, removeLeftovers, uniquePrefix } from './namespaces.js';

/**
 * What this machine lacks for a testbed, as a sentence; undefined when a testbed can be made here.
 * The kernel is asked by trying: a namespace and a tunnel device are made and removed again.
 */
export async function missingRequirement(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  for (const [program, debianPackage] of [
    ['ip', 'iproute2'],
    ['nsenter', 'util-linux'],
  ] as const) {
    if (!(await runs(program))) return `there is no ${program} (Debian package ${debianPackage})`;
  }
  await removeLeftovers();
  const prefix = uniquePrefix();
  try {
    await ip([`netns add ${prefix}probe`]);
    await ip(['link add probe type vxlan id 1 dstport 4789'], `${prefix}probe`);
    return undefined;
  } catch (error) {
    return `this kernel does not allow it: ${error instanceof Error ? error.message : error}`;
  } finally {
    await removeAll(prefix);
  }
}

async function runs(program: string): Promise<boolean> {
  try {
    await output(program, ['-V']);
    return true;
  } catch {
    // It cannot be started; that is the answer.
    return false;
  }
}
