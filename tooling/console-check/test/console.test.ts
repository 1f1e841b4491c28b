import { describe, expect } from 'vitest';
import { findings, prepareAxe } from './axe.js';
import { cannotRun, NODES, seen, test } from './harness.js';

const RULES = { timeLimit: 60_000, defaultVote: 'reject' } as const;

/** What is on each page once it is there. */
const SHOWN: Readonly<Record<string, string>> = {
  '#/': 'Name server',
  '#/group/axe': 'Running now',
  '#/timeline': 'In words',
  '#/charts': 'Event-loop delay',
};

/** Beside other tests a browser and six programs are slow to start; only what hangs runs into it. */
const LIMIT = { timeout: 240_000 };

describe.skipIf(cannotRun)('the console of a daemon', LIMIT, () => {
  test('shows the nodes, a group that is joined, and whom a vote waits for', async ({
    stage,
    look,
  }) => {
    const page = await look(stage.admin('n1'));
    for (const node of NODES) await seen(page, node);
    const first = await stage.actor('n1', 'votes', { instance: 'a', attributes: RULES });
    const second = await stage.actor('n2', 'votes', { instance: 'b' });
    await page.getByRole('link', { name: 'votes' }).click();
    await seen(page, 'n1/a');
    await stage.actor('n3', 'votes', { instance: 'c' });
    await seen(page, 'n3/c joined');

    second.tell({ kind: 'vote', value: 'wait' });
    first.tell({ kind: 'barrier', phases: 2, timeLimit: 60_000 });
    await seen(page, /^Waits for n2\/b\. In .* the default vote “reject” counts for it\.$/u);
    await seen(page, '2 of 3 voters have voted');
    const marks = page.getByRole('list', { name: 'Voters' });
    await marks.getByText('missing').waitFor();
    expect(await marks.getByText('approve').count()).toBe(2);

    second.tell({ kind: 'vote', value: 'approve' });
    await seen(page, 'Nothing is voted on; messages and changes go through at once.');
    await seen(page, /^barrier: n1\/a approved in/u);
  });

  test('says at a daemon that does not lead what it cannot see', async ({ stage, look }) => {
    const leader = await stage.actor('n1', 'far', { instance: 'a', attributes: RULES });
    const waits = await stage.actor('n2', 'far', { instance: 'b' });
    const page = await look(`${stage.admin('n2')}/#/group/far`);
    await seen(page, 'n2/b');
    waits.tell({ kind: 'vote', value: 'wait' });
    leader.tell({ kind: 'barrier', phases: 1, timeLimit: 60_000 });
    await seen(page, /^Waits for n2\/b\./u);
    await seen(page, 'has voted');
    await seen(page, /is known to n1, which leads the group/u);
  });

  test('shows a killed process, also on the timeline', async ({ stage, look }) => {
    await stage.actor('n1', 'kills', { instance: 'a', attributes: RULES });
    const victim = await stage.actor('n2', 'kills', { instance: 'b' });
    const page = await look(`${stage.admin('n1')}/#/group/kills`);
    await seen(page, 'n2/b');
    await victim.kill();
    await seen(page, 'lost n2/b (its process died)');
    await page.getByRole('link', { name: 'Timeline' }).last().click();
    await seen(page, 'lost n2/b (its process died)');
    await page.getByRole('button', { name: 'Look at the protocol before' }).click();
    await seen(page, /^In kills, from|^removal of failed providers/u);
    await page.getByRole('button', { name: /Pause/u }).click();
    await page.getByRole('button', { name: /Live/u }).click();
  });

  test('shows a killed leader: the takeover at the others, its own page as lost, and back', async ({
    stage,
    look,
  }) => {
    await stage.actor('n3', 'leads', { instance: 'a', attributes: RULES });
    await stage.actor('n1', 'leads', { instance: 'b' });
    const own = await look(stage.admin('n3'));
    const page = await look(`${stage.admin('n1')}/#/group/leads`);
    await seen(page, 'led by n3');
    await seen(own, 'live');
    await stage.killDaemon('n3');
    await seen(page, 'led by n1, this daemon');
    await seen(page, /^n1 takes over the lead; now n1$/u);
    await seen(page, 'lost n3/a (its node failed)');
    await page.getByRole('link', { name: 'Domain' }).first().click();
    await seen(page, 'Node n3 is gone.');
    await seen(own, 'The daemon of n3 is lost.');
    await stage.startDaemon('n3', 'shop');
    await own.getByText('live', { exact: true }).waitFor();
    await page.getByText('Node n3 is gone.').waitFor({ state: 'detached' });
  });

  test('is read-only where there is no token, and keeps its policy', async ({ stage, browser }) => {
    const page = await browser.newPage();
    await page.goto(stage.admin('n1'));
    await seen(page, 'read-only');
    const answer = await page.request.get(stage.admin('n1'));
    expect(answer.headers()['content-security-policy']).not.toMatch(/unsafe/u);
    expect(await answer.text()).not.toMatch(/<script>|style="|https?:\/\//u);
    const injected = await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'document.title = "broken into"';
      document.head.append(script);
      document.title;
    `);
    expect(injected).toBe('Group Services');
    await page.close();
  });

  test('is usable for all, wide in light and narrow in dark', async ({ stage, look }) => {
    const first = await stage.actor('n1', 'axe', { instance: 'a', attributes: RULES });
    const second = await stage.actor('n2', 'axe', { instance: 'b' });
    second.tell({ kind: 'vote', value: 'wait' });
    first.tell({ kind: 'barrier', phases: 2, timeLimit: 60_000 });
    // The policy would keep axe out as well.
    const page = await look(stage.admin('n1'), { bypassCSP: true });
    await prepareAxe(page);
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const hash of ['#/', '#/group/axe', '#/timeline', '#/charts']) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await seen(page, SHOWN[hash] ?? '');
        expect([hash, await findings(page)]).toEqual([hash, []]);
        // Nothing makes the whole page scroll sideways.
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect([hash, wide]).toEqual([hash, width]);
      }
    }
  });
});

describe.skipIf(cannotRun)('the console of a name server', LIMIT, () => {
  test('shows leases and who leads, and says what is seen elsewhere', async ({ stage, look }) => {
    await stage.actor('n2', 'entries', { instance: 'a' });
    const page = await look(stage.nameServer);
    await seen(page, 'name server');
    await seen(page, 'n2');
    await seen(page, /are seen on the pages of the daemons/u);
    await page.getByRole('link', { name: 'entries' }).click();
    await seen(page, 'led by n2');
    await seen(page, /^group formed: group entries/u);
  });
});
