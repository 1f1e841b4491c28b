import { readFileSync, statSync } from 'node:fs';

/** A text file of an operator, such as a certificate: far above what any of them needs. */
const BYTES_MAX = 4 * 1024 * 1024;

/** A file that cannot be used, in words that name it. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/**
 * Reads a file of an operator.
 *
 * @throws UnusableFile
 */
export function readOperatorFile(option: string, path: string): string {
  try {
    const { size } = statSync(path);
    if (size > BYTES_MAX) throw new Error(`it has ${size} bytes, at most ${BYTES_MAX} are read`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UnusableFile(`${option}: cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Others may read it, or write it. */
const READABLE_BY_OTHERS = 0o004;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Reads a file that holds a secret. One that others than its owner may write is refused: whoever writes it
 * is whom he likes. One that everybody may read is warned about. A link is followed, and its end counts:
 * that is how container systems hand over secrets.
 *
 * @throws UnusableFile
 */
export function readSecretFile(option: string, path: string, warn: (text: string) => void): string {
  const text = readOperatorFile(option, path);
  const { mode } = statSync(path);
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new UnusableFile(
      `${option}: others than its owner may write ${path} (mode ${octal(mode)}); chmod 0600 ${path}`,
    );
  }
  if ((mode & READABLE_BY_OTHERS) !== 0) {
    warn(`${option}: everybody may read ${path} (mode ${octal(mode)}); chmod 0600 ${path}`);
  }
  return text;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
