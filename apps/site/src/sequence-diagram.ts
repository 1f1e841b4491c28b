/**
 * Draws what is written as a sequence diagram of mermaid: participants, messages, notes. Only what the
 * documents use is understood; anything else is an error, so that no picture is silently wrong. It needs no
 * browser, and the picture takes the colours of the page.
 *
 *     participant A as process A
 *     A->>B: a message        A-->>B: an answer        A-xB: one that is lost
 *     Note over A,B: a remark
 */
export function sequenceDiagram(text: string): string {
  const { participants, steps } = read(text);
  const width = MARGIN * 2 + COLUMN * (participants.length - 1);
  const x = (name: string): number =>
    MARGIN + COLUMN * participants.findIndex(({ id }) => id === name);
  const parts: string[] = [];
  let y = HEAD + 34;
  for (const step of steps) {
    parts.push(step.kind === 'note' ? note(step, x, y) : arrow(step, x, y));
    y += step.kind === 'note' ? 38 : 40;
  }
  const height = y + 4;
  const heads = participants.map(({ id, title }) => head(title, x(id), height));
  const label = steps.map((step) => step.text).join('; ');
  return [
    `<figure class="sequence"><svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${escaped(label)}">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" class="tip"/></marker></defs>',
    ...heads,
    ...parts,
    '</svg></figure>',
  ].join('');
}

const MARGIN = 80;
const COLUMN = 150;
const HEAD = 34;

interface Participant {
  readonly id: string;
  readonly title: string;
}

type Step =
  | {
      readonly kind: 'message' | 'answer' | 'lost';
      readonly from: string;
      readonly to: string;
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly over: readonly string[]; readonly text: string };

type Message = Exclude<Step, { kind: 'note' }>;

const PARTICIPANT = /^participant (\w+)(?: as (.+))?$/;
const MESSAGE = /^(\w+)(->>|-->>|-x)(\w+): (.+)$/;
const NOTE = /^Note over (\w+(?:,\w+)*): (.+)$/;
const KINDS = { '->>': 'message', '-->>': 'answer', '-x': 'lost' } as const;

function read(text: string): { readonly participants: Participant[]; readonly steps: Step[] } {
  const participants: Participant[] = [];
  const steps: Step[] = [];
  const lines = text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (lines.shift() !== 'sequenceDiagram') throw new Error('only sequence diagrams can be drawn');
  const known = (id: string): string => {
    if (!participants.some((each) => each.id === id)) participants.push({ id, title: id });
    return id;
  };
  for (const each of lines) {
    const [, id, title] = PARTICIPANT.exec(each) ?? [];
    if (id !== undefined) {
      participants.push({ id, title: title ?? id });
      continue;
    }
    const [, over, remark] = NOTE.exec(each) ?? [];
    if (over !== undefined && remark !== undefined) {
      steps.push({ kind: 'note', over: over.split(',').map(known), text: remark });
      continue;
    }
    const [, from = '', sign, to = '', said = ''] = MESSAGE.exec(each) ?? [];
    if (!isSign(sign)) throw new Error(`not understood in a sequence diagram: ${each}`);
    steps.push({ kind: KINDS[sign], from: known(from), to: known(to), text: said });
  }
  return { participants, steps };
}

function isSign(text: string | undefined): text is keyof typeof KINDS {
  return text !== undefined && Object.hasOwn(KINDS, text);
}

function head(title: string, x: number, height: number): string {
  return [
    `<line class="life" x1="${x}" y1="${HEAD}" x2="${x}" y2="${height}"/>`,
    `<rect class="head" x="${x - 66}" y="2" width="132" height="${HEAD - 4}" rx="8"/>`,
    `<text class="name" x="${x}" y="${HEAD / 2 + 5}">${escaped(title)}</text>`,
  ].join('');
}

function arrow({ kind, from, to, text }: Message, x: (name: string) => number, y: number): string {
  const start = x(from);
  const whole = x(to);
  const end = kind === 'lost' ? start + (whole - start) * 0.6 : whole;
  const inset = end > start ? -3 : 3;
  const middle = (start + whole) / 2;
  const cross = kind === 'lost' ? `<text class="cross" x="${end}" y="${y + 5}">✕</text>` : '';
  const tip = kind === 'lost' ? '' : ' marker-end="url(#arrow)"';
  return [
    `<line class="arrow ${kind}" x1="${start}" y1="${y}" x2="${end + inset}" y2="${y}"${tip}/>`,
    `<text class="said" x="${middle}" y="${y - 6}">${escaped(text)}</text>`,
    cross,
  ].join('');
}

function note(
  { over, text }: Extract<Step, { kind: 'note' }>,
  x: (name: string) => number,
  y: number,
): string {
  const places = over.map(x);
  const left = Math.min(...places) - 76;
  const right = Math.max(...places) + 76;
  return [
    `<rect class="note" x="${left}" y="${y - 20}" width="${right - left}" height="28" rx="6"/>`,
    `<text class="said" x="${(left + right) / 2}" y="${y - 2}">${escaped(text)}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
