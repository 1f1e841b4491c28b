/** The ways in which a state value is shown; which are possible is up to its bytes. */
export interface StateTexts {
  readonly json: string | undefined;
  readonly text: string | undefined;
  readonly hex: string;
}

/** Of a dump so many bytes are shown. */
const HEX_MAX = 2_048;
const ROW = 16;

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** A value that was cut off is no JSON any more, and may end within a letter. */
export function stateTexts(bytes: Uint8Array, isWhole: boolean): StateTexts {
  const text = textOf(bytes, isWhole);
  return {
    json: text === undefined || !isWhole ? undefined : jsonOf(text),
    text,
    hex: hexOf(bytes),
  };
}

function textOf(bytes: Uint8Array, isWhole: boolean): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    // Control characters other than white space: it is no text.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
    return /[\u0000-\u0008\u000e-\u001f]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : undefined;
  } catch {
    return undefined;
  }
}

function hexOf(bytes: Uint8Array): string {
  const rows: string[] = [];
  const shown = bytes.subarray(0, HEX_MAX);
  for (let at = 0; at < shown.length; at += ROW) {
    const row = [...shown.subarray(at, at + ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·'));
    rows.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(ROW * 3)} ${letters.join('')}`);
  }
  if (bytes.length > HEX_MAX) rows.push('…');
  return rows.join('\n');
}
