/**
 * Scenario tests as text. A file is a sequence of blocks, separated by empty lines:
 *
 * ```
 * # Comments stand before a directive.
 * crash a
 * ----
 * 1000 a crashes
 * ```
 *
 * The lines above `----` are directives (`verb`, words, and `name=value` arguments), the lines below
 * are what they printed last time. {@link replayScenario} carries the directives out and gives the
 * text again with what they print now; the test compares it with the same file.
 */

/** One line above `----`. */
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

/** Gives a scenario anew with actual output; a directive without output prints `ok`. */
export function replayScenario(text: string, run: (directive: Directive) => string): string {
  return parseBlocks(text)
    .map((block) => render(block, run))
    .join('\n');
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
