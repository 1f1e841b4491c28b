import assert from 'node:assert/strict';
import test from 'node:test';
import { startDomain } from '@group-services/testing';
import { team, vote } from '../src/team.js';

test('a plan comes into force if nobody is against it', async () => {
  const domain = await startDomain({ daemons: 2 });
  const ada = await (await domain.connect('n1')).join(team, { vote });
  const bob = await (await domain.connect('n2')).join(team, { vote });

  const hasty = await ada.changeState({ plan: 'everything at once' }, { phases: 'voting' });
  assert.equal(hasty.outcome, 'rejected');
  assert.equal(hasty.messages[0]?.message.text, 'one thing after the other');
  await bob.changeState({ plan: 'one step at a time' }, { phases: 'voting' });
  assert.deepEqual(bob.stateValue, { plan: 'one step at a time' });
  await domain.stop();
});

test('the others hear of a member that dies', async () => {
  const domain = await startDomain({ daemons: 2 });
  const ada = await (await domain.connect('n1')).join(team, { vote });
  const dying = await domain.connect('n2');
  const bob = await dying.join(team, { vote });

  domain.disconnect(dying);
  for await (const event of ada) {
    if (event.type !== 'membership' || event.left.length === 0) continue;
    assert.equal(event.left[0]?.provider, bob.id);
    break;
  }
  await domain.stop();
});
