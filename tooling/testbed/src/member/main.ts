// A process that stays in a group, and tells what it sees as JSON lines on standard output.
// Argument: JSON with `endpoint`, `group` and `instance`. Commands are JSON lines on standard input;
// it ends with that.
import { createInterface } from 'node:readline';
import { connect, keepJoined, type Provider } from '@group-services/client';
import { Flow } from './flow.js';
import type { Command, Job, Line } from './lines.js';
import { plainEvent, plainView } from './plain.js';

// Written by the test that started it.
const { endpoint, group, instance } = JSON.parse(process.argv[2] ?? '') as Job;
const JOIN_TIMEOUT_MS = 3000;

let lives = 0;
let present: Provider | undefined;
const flow = new Flow(() => present, say);

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function watch(provider: Provider, life: number): Promise<void> {
  for await (const event of provider) {
    say({ kind: 'event', life, event: plainEvent(event) });
    if (event.type === 'removed' && present === provider) present = undefined;
  }
}

async function stay(): Promise<void> {
  const memberships = keepJoined(group, {
    connect: { endpoint },
    instance,
    timeout: JOIN_TIMEOUT_MS,
    backoff: { first: 50, max: 400 },
  });
  for await (const { provider, gap } of memberships) {
    lives += 1;
    const life = lives;
    present = provider;
    const view = plainView(provider.view);
    say({ kind: 'joined', life, provider: provider.id, view, gap: gap?.reason ?? null });
    void watch(provider, life);
    flow.onLife(life);
  }
}

async function carryOut(command: Command): Promise<void> {
  switch (command.do) {
    case 'join':
      return await stay();
    case 'flow':
      return flow.start(lives);
    case 'rest':
      await flow.rest();
      return say({ kind: 'rested', id: command.id });
    case 'state': {
      const outcome = await flow.change(command.value, lives);
      return say({ kind: 'done', id: command.id, outcome });
    }
    case 'groups': {
      return say({ kind: 'done', id: command.id, outcome: await groupsCanBeAsked() });
    }
  }
}

async function groupsCanBeAsked(): Promise<string> {
  try {
    await using services = await connect({ endpoint });
    await services.groups();
    return 'ok';
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

for await (const line of createInterface({ input: process.stdin })) {
  void carryOut(JSON.parse(line) as Command);
}
process.exit(0);
