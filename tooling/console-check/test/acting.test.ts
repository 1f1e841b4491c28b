import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { Stage } from '../src/stage.js';
import { findings, prepareAxe } from './axe.js';
import { cannotRun, seen, test } from './harness.js';

const TOKEN = 'the-token-of-operators';
/** Beside other tests a browser and six programs are slow to start; only what hangs runs into it. */
const LIMIT = { timeout: 240_000 };

/** A daemon of the stage that asks for a token. */
async function deskOf(stage: Stage, node: string): Promise<string> {
  const file = stage.path(`${node}.token`);
  await writeFile(file, TOKEN, { mode: 0o600 });
  await stage.startDaemon(node, 'shop', ['--admin-token-file', file]);
  return stage.admin(node);
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens the dialog of a button, types the name, and lets it be done. */
async function confirm(page: Page, opener: string, name: string, button: string): Promise<void> {
  await page.getByRole('button', { name: opener, exact: true }).click();
  const dialog = page.getByRole('dialog');
  const submit = dialog.getByRole('button', { name: button, exact: true });
  const field = dialog.getByLabel(`Type ${name} to confirm`);
  await field.fill(name.slice(0, -1));
  expect(await submit.isDisabled()).toBe(true);
  await field.fill(name);
  await submit.click();
}

/** Asks again for as long as the name server must take the node for one that may be alive: until its lease ends. */
async function forgetGone(page: Page, node: string): Promise<void> {
  const answer = page.getByText(/^Node \S+ is forgotten\.|^Not done: node \S+ may be alive/u);
  let said = '';
  while (!said.startsWith('Node')) {
    await confirm(page, `Forget node ${node}…`, node, 'Forget');
    await answer.waitFor();
    said = (await answer.textContent()) ?? '';
    await page.getByRole('button', { name: /Close|Cancel/u }).click();
    await answer.waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: `Forget node ${node}…` }).waitFor({ state: 'detached' });
}

describe.skipIf(cannotRun)('acting in the console', LIMIT, () => {
  test('is not possible where nobody is asked for a token, and says why', async ({
    stage,
    look,
  }) => {
    const member = await stage.actor('n1', 'kept', { instance: 'a' });
    const page = await look(`${stage.admin('n1')}/#/group/kept`);
    await seen(page, 'read-only');
    const reset = page.getByRole('button', { name: 'Reset group kept…' });
    await reset.waitFor();
    const described = page.getByText(/Not from this page: .*--admin-token-file/u).first();
    await described.waitFor({ state: 'attached' });
    expect(await reset.isDisabled()).toBe(true);
    const answers = await page.evaluate(async () => {
      const say = (path: string) => fetch(path, { method: 'POST' }).then((it) => it.status);
      return [await say('api/reset?group=kept'), await say('api/expel?group=kept&provider=n1/a')];
    });
    expect(answers).toEqual([403, 403]);
    await seen(page, member.id);
  });

  test('wants the token, then expels, resets, drains and undrains, each after its name', async ({
    stage,
    look,
  }) => {
    const admin = await deskOf(stage, 'n4');
    await stage.actor('n4', 'acted', { instance: 'a' });
    await stage.actor('n1', 'acted', { instance: 'b' });
    const page = await look(`${admin}/#/group/acted`, { bypassCSP: true });
    await seen(page, /asks for its admin token/u);
    await signIn(page, 'a-guess');
    await seen(page, 'this token is not known here');
    await signIn(page, TOKEN);
    await page.getByTitle('You may expel, reset and drain').waitFor();

    await page.getByRole('button', { name: 'Expel n1/b…' }).click();
    await prepareAxe(page);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await seen(page, 'n1/b');
    await confirm(page, 'Expel n1/b…', 'n1/b', 'Expel');
    await seen(page, /^n1\/b was removed at position \d+, as proposed by n4\/\$operator\.$/u);
    await page.getByRole('button', { name: 'Close' }).click();
    const expelled = page.getByRole('button', { name: 'Expel n1/b…' });
    await expelled.waitFor({ state: 'detached' });

    await confirm(page, 'Reset group acted…', 'acted', 'Reset');
    await seen(page, 'Group acted was given up; the next join begins it anew.');
    await page.getByRole('button', { name: 'Close' }).click();

    await stage.actor('n4', 'leads', { instance: 'a' });
    await page.getByRole('link', { name: 'Domain' }).first().click();
    await confirm(page, 'Drain node n4…', 'n4', 'Drain');
    await seen(page, /^Still on n4: .*1 provider/u);
    await page.getByRole('button', { name: 'Close' }).click();
    await seen(page, 'drained');
    await confirm(page, 'Undrain node n4…', 'n4', 'Undrain');
    await seen(page, 'Node n4 is in service: it takes joins and leads.');
    await page.getByRole('button', { name: 'Close' }).click();

    await stage.killDaemon('n3');
    await forgetGone(page, 'n3');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await seen(page, /asks for its admin token/u);
  });
});
