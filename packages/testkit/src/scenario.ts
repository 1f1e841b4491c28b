/**
 * Scenario tests as text. A file tells what is done and what happened then; a test replays what is
 * done, writes the file anew with what happens now, and compares it with the file as it is. Each line
 * that does something is a directive: a verb, words, and `name=value` arguments. Lines that begin with
 * `#` are comments.
 *
 * There are two layouts. {@link replayScenario} is for long stretches of time that few directives set
 * going, to be read like a log. A file is a sequence of blocks, separated by empty lines; what the
 * directives of a block print stands together below a line of dashes:
 *
 * ```
 * # Comments stand before a directive.
 * crash a
 * ----
 * 1000 a crashes
 * ```
 *
 * {@link replayStepwise} is for many directives that each have their own effect, which stands behind
 * its cause, indented:
 *
 * ```
 * join b1
 *   a1 sees b1 join
 * send b1 hello
 *   a1 hears hello
 * ```
 */

/** One line that does something. */
export interface Directive {
  readonly verb: string;
  /** The words that are not `name=value`. */
  readonly words: readonly string[];
  readonly arguments: ReadonlyMap<string, string>;
  /** Where the line stands, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Everything above one `----`, with the comments before it. */
interface Block {
  readonly comments: readonly string[];
  readonly directives: readonly Directive[];
}

const SEPARATOR = '----';
const INDENT = '  ';

/** Gives a scenario anew with actual output; a directive without output prints `ok`. */
export function replayScenario(text: string, run: (directive: Directive) => string): string {
  return parseBlocks(text)
    .map((block) => render(block, run))
    .join('\n');
}

/** The same with the output of each directive behind it; one without output stands alone. */
export function replayStepwise(text: string, run: (directive: Directive) => string): string {
  const replayed = text.split('\n').flatMap((line, index) => {
    if (line.startsWith(INDENT)) return [];
    if (line.trim() === '' || line.startsWith('#')) return [line];
    const output = run(parseDirective(line, index + 1)).trimEnd();
    const printed = output === '' ? [] : output.split('\n');
    return [line, ...printed.map((each) => `${INDENT}${each}`)];
  });
  return replayed.join('\n');
}

/** Reads one directive line. */
export function parseDirective(text: string, line: number): Directive {
  const [verb = '', ...rest] = text.trim().split(/\s+/);
  const named = new Map<string, string>();
  const words: string[] = [];
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) named.set(part.slice(0, equals), part.slice(equals + 1));
    else words.push(part);
  }
  return { verb, words, arguments: named, line, text: text.trim() };
}

function render(block: Block, run: (directive: Directive) => string): string {
  const comments = block.comments.map((comment) => `${comment}\n`).join('');
  if (block.directives.length === 0) return comments;
  const lines = block.directives.map((directive) => `${directive.text}\n`).join('');
  const printed = block.directives
    .map(run)
    .map((output) => output.replace(/\s+$/, ''))
    .filter((output) => output !== '')
    .join('\n');
  return `${comments}${lines}${SEPARATOR}\n${printed === '' ? 'ok' : printed}\n`;
}

/** Expected output ends at the next empty line; it is not kept, since it is printed anew. */
function parseBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let comments: string[] = [];
  let directives: Directive[] = [];
  let inOutput = false;
  const close = (): void => {
    if (comments.length > 0 || directives.length > 0) blocks.push({ comments, directives });
    comments = [];
    directives = [];
    inOutput = false;
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') close();
    else if (inOutput) continue;
    else if (line === SEPARATOR) inOutput = true;
    else if (line.startsWith('#')) comments.push(line);
    else directives.push(parseDirective(line, index + 1));
  }
  close();
  return blocks;
}
