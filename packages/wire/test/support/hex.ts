import { join } from 'node:path';
import type { AnyFamily } from '../samples/common.js';

const ROW = 32;

export function goldenFile(family: AnyFamily): string {
  return join(import.meta.dirname, '../golden', `${family.name}.hex`);
}

/** The golden file of a family: a heading per sample, then its bytes in rows. */
export function render(family: AnyFamily): string {
  return family.samples
    .map(({ name, encode }) => `# ${name}\n${rows(encode()).join('\n')}\n`)
    .join('\n');
}

/** The bytes under each heading. */
export function parse(text: string): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const part of text.split(/^# /m).slice(1)) {
    const [name = '', ...lines] = part.trimEnd().split('\n');
    found.set(name, Uint8Array.from(Buffer.from(lines.join('').replaceAll(' ', ''), 'hex')));
  }
  return found;
}

function rows(bytes: Uint8Array): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  return Array.from({ length: Math.ceil(hex.length / ROW) }, (_, row) =>
    hex.slice(row * ROW, (row + 1) * ROW).join(' '),
  );
}
