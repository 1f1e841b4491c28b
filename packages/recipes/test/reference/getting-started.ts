import { approve, connect, reject } from '@group-services/client';

const text = new TextDecoder();
const bytes = new TextEncoder();

const services = await connect();
const web = await services.join('web', {
  // Asked whenever somebody proposes something that is voted on.
  vote: ({ proposedStateValue }) =>
    text.decode(proposedStateValue) === 'release 2' ? approve() : reject(),
});
const good = await web.changeState(bytes.encode('release 2'), { phases: 'voting' });
const bad = await web.changeState(bytes.encode('release 0'), { phases: 'voting' });
console.log(good.outcome, bad.outcome, text.decode(web.stateValue));
await services.close();
