import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyedCertificate } from '@group-services/certificates';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';

/** The folder in which `gsctl certs` keeps the authority of a domain and what it has issued. */

const AUTHORITY = { certificate: 'ca.crt', key: 'ca.key' } as const;
const REVOKED = 'revoked.pem';
export const REVOCATION_LIST = 'ca.crl';

const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannot(`make the folder ${folder}`, error);
  });
}

/** Written once: an authority that is replaced by accident takes all its certificates along. */
export async function writeAuthority(folder: string, made: KeyedCertificate): Promise<void> {
  const path = join(folder, AUTHORITY.key);
  await writeFile(path, made.key, { mode: KEY_MODE, flag: 'wx' }).catch((error: unknown) => {
    throw cannot(`write ${path} (an authority that is there is never replaced)`, error);
  });
  await writeText(join(folder, AUTHORITY.certificate), made.certificate, CERTIFICATE_MODE);
}

export async function readAuthority(folder: string): Promise<KeyedCertificate> {
  const [certificate, key] = await Promise.all([
    readText(join(folder, AUTHORITY.certificate)),
    readText(join(folder, AUTHORITY.key)),
  ]);
  return { certificate, key };
}

/** Gives the names of the two files. Those of an earlier certificate are replaced, each in one go. */
export async function writeIssued(
  folder: string,
  name: string,
  made: KeyedCertificate,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  await writeText(files.key, made.key, KEY_MODE);
  await writeText(files.certificate, made.certificate, CERTIFICATE_MODE);
  return files;
}

/** All certificates that were revoked before, and these. */
export async function addRevoked(folder: string, more: readonly string[]): Promise<string[]> {
  const path = join(folder, REVOKED);
  const before = await readFile(path, 'utf8').catch(() => '');
  const all = new Set([...blocksOf(before), ...more.flatMap(blocksOf)]);
  await writeText(path, [...all].join(''), CERTIFICATE_MODE);
  return [...all];
}

export async function writeRevocationList(folder: string, text: string): Promise<string> {
  const path = join(folder, REVOCATION_LIST);
  await writeText(path, text, CERTIFICATE_MODE);
  return path;
}

export async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    throw cannot(`read ${path}`, error);
  });
}

/** A reader sees the old text or the new one, never a part. */
async function writeText(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.new`;
  try {
    await writeFile(beside, text, { mode });
    await rename(beside, path);
  } catch (error) {
    throw cannot(`write ${path}`, error);
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu;

/** The certificates of a text; of those with a chain, the first is meant. */
function blocksOf(text: string): string[] {
  return (text.match(BLOCK) ?? []).map((block) => `${block}\n`);
}

function cannot(what: string, error: unknown): CommandFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new CommandFailure(EXIT_STATUS.failed, `cannot ${what}: ${why}`, { cause: error });
}
