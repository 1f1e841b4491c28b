/** Bytes as text that can be compared and kept. Node does it at once; a browser, byte by byte. */
export const hex: (bytes: Uint8Array) => string =
  typeof Buffer === 'undefined'
    ? hexByByte
    : (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

export function hexByByte(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** What was written as such text, if it is plain text itself. */
export function textOfHex(text: string): string {
  return text.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}
