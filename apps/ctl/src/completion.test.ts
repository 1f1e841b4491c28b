import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from './commands/all.js';
import { scriptFor } from './completion.js';

/** What bash offers for the last of these words, with a gsctl that knows two groups. */
function offered(...words: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'gs-completion-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const gsctl = join(folder, 'gsctl');
  const groups = JSON.stringify([{ group: 'billing' }, { group: 'a b' }], null, 2);
  writeFileSync(gsctl, `#!/bin/sh\ncat <<'END'\n${groups}\nEND\n`);
  chmodSync(gsctl, 0o755);
  const typed = ['gsctl', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${scriptFor('bash', COMMANDS)}
COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _gsctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const output = execFileSync('bash', ['-c', script], { env, encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

describe('completion in bash', () => {
  it('offers words of commands', () => {
    expect(offered('sta')).toEqual(['status', 'state']);
    expect(offered('state', '')).toEqual(['get', 'set']);
    expect(offered('--endpoint', 'unix:///x', 'vo')).toEqual(['votes']);
  });

  it('offers the options of a command', () => {
    expect(offered('send', '--ph')).toEqual(['--phases']);
    expect(offered('status', '--ph')).toEqual([]);
    expect(offered('send', 'billing', '--js')).toEqual(['--json']);
    expect(offered('group', 'reset', 'billing', '--y')).toEqual(['--yes']);
    expect(offered('group', 'billing', '--y')).toEqual([]);
  });

  it('offers groups that the daemon knows', () => {
    expect(offered('votes', '')).toEqual(['billing', 'a b']);
    expect(offered('group', 'b')).toEqual(['billing']);
    expect(offered('group', 're')).toEqual(['reset']);
  });
});

it('there is one for zsh and fish', () => {
  expect(scriptFor('zsh', COMMANDS)).toMatch(/^autoload -U \+X bashcompinit && bashcompinit$/mu);
  const fish = scriptFor('fish', COMMANDS);
  expect(fish).toContain("-n '__fish_use_subcommand' -a status -d 'the daemon, its groups");
  expect(fish).toContain("__fish_seen_subcommand_from state' -a get");
});
