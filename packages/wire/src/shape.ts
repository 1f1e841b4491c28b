/**
 * Looks over msgpack bytes before anything is built from them.
 *
 * The general decoder accepts far more than this wire format uses: extension types that become dates
 * or regular expressions, keys that are not texts, texts that are not UTF-8 (read differently with
 * and without native acceleration), any depth. All of that is refused here, at the cost of one pass.
 */

/** The deepest message of this format needs seven levels; the rest is room for later ones. */
const DEPTH_MAX = 16;

/** What the byte at the start of a value says about what follows it. */
interface Head {
  /** Bytes of a number that holds a length or count. */
  readonly lengthBytes: number;
  /** The length or count, when `lengthBytes` is 0. */
  readonly length: number;
  readonly type: 'plain' | 'text' | 'bytes' | 'array' | 'map' | 'refused';
}

const heads: readonly Head[] = Array.from({ length: 256 }, (_, byte) => headOf(byte));

/** Why these bytes are not one msgpack value of the permitted kinds; undefined when they are. */
export function shapeProblem(bytes: Uint8Array): string | undefined {
  // One element per open container: how many values it still lacks, and whether it is a map.
  const lacking: number[] = [1];
  const isMap: boolean[] = [false];
  let at = 0;
  for (;;) {
    const top = lacking.length - 1;
    const lacks = lacking[top] ?? 0;
    if (lacks === 0) {
      if (top === 0) return at === bytes.length ? undefined : 'more bytes than one value';
      lacking.pop();
      isMap.pop();
      continue;
    }
    lacking[top] = lacks - 1;
    const head = heads[bytes[at] ?? 0xc1] as Head;
    if (head.type === 'refused') return at < bytes.length ? 'a type not in use' : 'cut off';
    if (isMap[top] === true && lacks % 2 === 0 && head.type !== 'text')
      return 'a key that is no text';
    at += 1;
    if (at + head.lengthBytes > bytes.length) return 'cut off';
    const length = head.lengthBytes === 0 ? head.length : numberAt(bytes, at, head.lengthBytes);
    at += head.lengthBytes;
    if (head.type === 'array' || head.type === 'map') {
      const values = head.type === 'map' ? length * 2 : length;
      if (values > bytes.length - at) return 'cut off';
      if (lacking.length > DEPTH_MAX) return 'nested too deeply';
      lacking.push(values);
      isMap.push(head.type === 'map');
      continue;
    }
    if (at + length > bytes.length) return 'cut off';
    if (head.type === 'text' && !isUtf8(bytes, at, at + length)) return 'a text that is not UTF-8';
    at += length;
  }
}

function headOf(byte: number): Head {
  const fixed = (type: Head['type'], length: number): Head => ({ lengthBytes: 0, length, type });
  const counted = (type: Head['type'], lengthBytes: number): Head => ({
    lengthBytes,
    length: 0,
    type,
  });
  if (byte < 0x80 || byte >= 0xe0) return fixed('plain', 0);
  if (byte < 0x90) return fixed('map', byte & 0x0f);
  if (byte < 0xa0) return fixed('array', byte & 0x0f);
  if (byte < 0xc0) return fixed('text', byte & 0x1f);
  if (byte === 0xc0 || byte === 0xc2 || byte === 0xc3) return fixed('plain', 0);
  if (byte >= 0xc4 && byte <= 0xc6) return counted('bytes', 1 << (byte - 0xc4));
  if (byte === 0xca || byte === 0xcb) return fixed('plain', byte === 0xca ? 4 : 8);
  if (byte >= 0xcc && byte <= 0xcf) return fixed('plain', 1 << (byte - 0xcc));
  if (byte >= 0xd0 && byte <= 0xd3) return fixed('plain', 1 << (byte - 0xd0));
  if (byte >= 0xd9 && byte <= 0xdb) return counted('text', 1 << (byte - 0xd9));
  if (byte === 0xdc || byte === 0xdd) return counted('array', byte === 0xdc ? 2 : 4);
  if (byte === 0xde || byte === 0xdf) return counted('map', byte === 0xde ? 2 : 4);
  // 0xc1 is not a type; 0xc7–0xc9 and 0xd4–0xd8 are extensions.
  return fixed('refused', 0);
}

function numberAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i += 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** Strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const lead = bytes[at] ?? 0;
    at += 1;
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (at + more > to) return false;
    const second = bytes[at] ?? 0;
    const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return false;
    for (let i = at + 1; i < at + more; i += 1) {
      if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return false;
    }
    at += more;
  }
  return true;
}
