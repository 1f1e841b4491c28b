/** Writes lines of several processes into one stream, each behind its label. */
export class LabelledOutput {
  readonly #width: number;
  readonly #colours = process.stdout.isTTY === true;

  constructor(labels: readonly string[]) {
    this.#width = Math.max(...labels.map((label) => label.length));
  }

  line(label: string, text: string): void {
    const padded = label.padEnd(this.#width);
    const shown = this.#colours ? `\u001b[36m${padded}\u001b[0m` : padded;
    process.stdout.write(`${shown} | ${text}\n`);
  }

  /** A program's log line (JSON), shortened for people; anything else as it is. */
  log(label: string, text: string): void {
    this.line(label, readable(text));
  }
}

/** Fields that stand in every line and say nothing new here. */
const OMITTED = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

function readable(text: string): string {
  const fields = parsed(text);
  if (fields === undefined) return text;
  const rest = Object.entries(fields)
    .filter(([key]) => !OMITTED.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [String(fields['level']).padEnd(5), String(fields['msg']), ...rest].join(' ');
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
