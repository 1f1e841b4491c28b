/**
 * What must not reach a terminal as it is: control characters, and those that turn the direction of
 * writing. Names and values come from other processes.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text on one line, with everything that a terminal might act on as an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** Whether a terminal shows the text as it is. */
export function isPrintable(text: string): boolean {
  return text.search(UNPRINTABLE) === -1;
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  if (short.startsWith('\\')) return short;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const UNITS = ['KiB', 'MiB', 'GiB'] as const;

/** `512 B`, `1.5 KiB`, `64 MiB`. */
export function byteCount(bytes: number): string {
  let rest = bytes;
  let unit = 'B';
  for (const larger of UNITS) {
    if (rest < 1024) break;
    rest /= 1024;
    unit = larger;
  }
  const digits = Number.isInteger(rest) || rest >= 100 ? 0 : 1;
  return `${rest.toFixed(digits)} ${unit}`;
}

/** `1.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
