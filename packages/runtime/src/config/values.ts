import { type Addressing, schemeOf } from '@group-services/transport';
import * as z from 'zod';

/**
 * Schemas of option values. Each takes the text that a person wrote, wherever it stood, and says in
 * its message what was expected.
 */

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** The limits of a number, both inclusive, in the unit of the result. */
export interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** `250ms`, `3s`, `1.5s`, `2m`, `1h`; gives milliseconds. */
export function duration(range: Range = {}) {
  const expected = 'a duration such as 250ms, 3s or 2m';
  return quantity({
    units: MILLISECONDS,
    expected,
    write: durationText,
    range: { min: 1, ...range },
    placeholder: 'DURATION',
  });
}

/** `64KiB`, `8MiB`, `1.5MiB`, `512B`; gives bytes. */
export function size(range: Range = {}) {
  const expected = 'a size such as 64KiB or 8MiB';
  const limits = { min: 1, ...range };
  return quantity({ units: BYTES, expected, write: sizeText, range: limits, placeholder: 'SIZE' });
}

/** What {@link duration} reads as so many milliseconds. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 && ms > 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** What {@link size} reads as so many bytes. */
export function sizeText(bytes: number): string {
  const units = Object.entries(BYTES).reverse();
  const [unit, factor] = units.find(([, factor]) => bytes % factor === 0 && bytes > 0) ?? ['B', 1];
  return `${bytes / factor}${unit}`;
}

/** A whole number. */
export function count(range: Range = {}) {
  return parsed(`a whole number${within(range, String)}`, (text) => {
    if (!/^-?\d{1,15}$/u.test(text)) return undefined;
    const value = Number(text);
    return contains(range, value) ? value : undefined;
  }).meta(formOf('NUMBER', within(range, String)));
}

/** An address of one of these kinds, each of which checks its own; a transport is such a kind. */
export function address(kinds: readonly Addressing[]) {
  const expected = kinds.map(({ addressForm }) => addressForm).join(' or ');
  return z
    .string()
    .transform((text, context) => {
      const written = text.trim();
      const why = addressProblem(written, kinds);
      if (why === undefined) return written;
      const isPlain = why === '' || why.startsWith('expected');
      const reason = `expected ${expected}, found ${JSON.stringify(text)}${isPlain ? meant(written, kinds) : ` (${why})`}`;
      context.issues.push({ code: 'custom', message: reason, input: text });
      return z.NEVER;
    })
    .meta(formOf('ADDRESS'));
}

/** A newcomer writes the path of a socket, or a host and port, as they are. */
function meant(written: string, kinds: readonly Addressing[]): string {
  const [scheme, form] = written.startsWith('/') ? ['unix', /^./u] : ['tcp', /^[\w.-]+:\d{1,5}$/u];
  const isOne = form.test(written) && kinds.some((kind) => kind.scheme === scheme);
  return isOne ? `; did you mean ${scheme}://${written}?` : '';
}

/** Nobody brings another transport for these. */
export const BUILT_IN = new Set(['tcp', 'tls', 'udp', 'unix', 'memory', 'http', 'https', 'file']);

/** Empty where there is no more to say than what is expected. */
function addressProblem(written: string, kinds: readonly Addressing[]): string | undefined {
  const scheme = schemeOf(written);
  const kind = kinds.find((one) => one.scheme === scheme);
  if (kind !== undefined) return kind.addressProblem(written);
  if (scheme === 'udp') return 'udp carries only what daemons say to each other';
  if (scheme === undefined || BUILT_IN.has(scheme)) return '';
  return `a transport for ${scheme}:// is brought by --transport MODULE`;
}

/** Where the admin endpoint listens: `http://host:port` or `https://host:port`. */
export function httpAddress() {
  return parsed('http://host:port or https://host:port', (text) =>
    /^https?:\/\/[^/?#\s@]+:\d{1,5}$/u.test(text) && URL.canParse(text) ? text : undefined,
  ).meta(formOf('URL'));
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  const known: readonly Words[number][] = words;
  const expected = words.map((word) => JSON.stringify(word)).join(' or ');
  return parsed(expected, (text) => known.find((word) => word === text)).meta({
    [CHOICES_META]: known,
    ...formOf('WORD'),
  });
}

/** Permissions of a file in octal: `0660`. */
export function fileMode() {
  return parsed('permissions in octal, such as 0660', (text) =>
    /^0?[0-7]{3}$/u.test(text) ? Number.parseInt(text, 8) : undefined,
  ).meta(formOf('OCTAL'));
}

/** Any text that fits, such as a name; `expected` is the end of "expected …". */
export function text(expected: string, fits: (value: string) => boolean) {
  return parsed(expected, (value) => (fits(value) ? value : undefined));
}

/** A switch: on the command line `--x` or `--no-x`, elsewhere `true` or `false`. */
export function flag() {
  return parsed('true or false', (value) => {
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    return undefined;
  }).meta({ [FLAG_META]: true });
}

/** Marks the schemas of {@link flag}, which take no value on the command line. */
export const FLAG_META = 'groupServicesFlag';

/** Marks the schemas of {@link choice}: the words, for the help. */
export const CHOICES_META = 'groupServicesChoices';

/** Marks every schema of values that have a form of their own: what stands for one in the help. */
export const PLACEHOLDER_META = 'groupServicesPlaceholder';

/** Marks the schemas of numbers that have limits: between which, in words. */
export const RANGE_META = 'groupServicesRange';

function formOf(placeholder: string, range = '') {
  const limits = range.trim();
  return { [PLACEHOLDER_META]: placeholder, ...(limits !== '' && { [RANGE_META]: limits }) };
}

interface Quantity {
  readonly units: Readonly<Record<string, number>>;
  readonly expected: string;
  readonly write: (value: number) => string;
  readonly range: Range;
  readonly placeholder: string;
}

function quantity({ units, expected, write, range, placeholder }: Quantity) {
  const limits: Range = range.min === 1 ? { ...range, min: undefined } : range;
  return parsed(`${expected}${within(limits, write)}`, (value) => {
    const match = /^(\d{1,12}(?:\.\d{1,6})?)([A-Za-z]+)$/u.exec(value);
    const factor = units[match?.[2] ?? ''];
    if (match === null || factor === undefined) return undefined;
    const result = Number(match[1]) * factor;
    return Number.isInteger(result) && contains(range, result) ? result : undefined;
  }).meta(formOf(placeholder, within(limits, write)));
}

/** A schema from a function that gives undefined for text that it does not accept. */
function parsed<Value>(expected: string, parse: (text: string) => Value | undefined) {
  return z.string().transform((value, context): Value => {
    const result = parse(value.trim());
    if (result !== undefined) return result;
    const message = `expected ${expected}, found ${JSON.stringify(value)}`;
    context.issues.push({ code: 'custom', message, input: value });
    return z.NEVER;
  });
}

function contains({ min, max }: Range, value: number): boolean {
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

function within({ min, max }: Range, write: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${write(min)} to ${write(max)}`;
  if (min !== undefined) return ` of at least ${write(min)}`;
  return max === undefined ? '' : ` of at most ${write(max)}`;
}
