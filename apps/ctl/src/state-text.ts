import { byteCount, isPrintable } from './printable.js';

/** A state value for programs: text where it is text, such as JSON. */
export type PortableBytes = { readonly text: string } | { readonly base64: string };

const SHOWN_CHARACTERS_MAX = 200;

export function portableBytes(bytes: Uint8Array): PortableBytes {
  const text = textOf(bytes);
  return text === undefined ? { base64: Buffer.from(bytes).toString('base64') } : { text };
}

/**
 * A state value for people, on one line: JSON as it is, other text in quotes, bytes that are no text
 * in base64; the rest of a long one is left out.
 */
export function shownBytes(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return 'none';
  const text = textOf(bytes);
  if (text === undefined) {
    return shortened(`base64:${Buffer.from(bytes).toString('base64')}`, bytes.byteLength);
  }
  const isPlain = isJson(text) && isPrintable(text);
  return shortened(isPlain ? text : JSON.stringify(text), bytes.byteLength);
}

function shortened(shown: string, bytes: number): string {
  if (shown.length <= SHOWN_CHARACTERS_MAX) return shown;
  return `${shown.slice(0, SHOWN_CHARACTERS_MAX)}… (${byteCount(bytes)})`;
}

/** Undefined when the bytes are no UTF-8. A byte order mark is kept: the value is what it is. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
