import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Something that reads what others wrote, and can be called directly. It must neither throw nor take
 * long, whatever it is given.
 */
export interface Target {
  readonly name: string;
  /** Good input, from which broken input is made. */
  readonly corpus: readonly Uint8Array[];
  /** It takes much longer than the others, and gets fewer inputs. */
  readonly isSlow?: boolean;
  /** Whether it was accepted. */
  readonly read: (input: Uint8Array) => boolean | Promise<boolean>;
}

const golden = new URL('../../../packages/wire/test/golden/', import.meta.url);

/** The frames of a family that are kept so that later versions still understand them. */
export function framesOf(family: string): readonly Uint8Array[] {
  const text = readFileSync(fileURLToPath(new URL(`${family}.hex`, golden)), 'utf8');
  return text
    .split(/^# .*$/mu)
    .map((part) => part.replace(/\s/gu, ''))
    .filter((hex) => hex !== '')
    .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
}

/** A whole parser, a whole command line, or a connection for every input. */
export function slow(target: Target): Target {
  return { ...target, isSlow: true };
}

/** A reader of text. */
export function texts(
  name: string,
  corpus: readonly string[],
  read: (text: string) => boolean,
): Target {
  const decoder = new TextDecoder();
  return { name, corpus: bytesOf(corpus), read: (input) => read(decoder.decode(input)) };
}

export function bytesOf(corpus: readonly string[]): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  return corpus.map((text) => encoder.encode(text));
}
