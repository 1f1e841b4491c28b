import { connect } from '@group-services/client';

const services = await connect();
const provider = await services.join('rules');
provider.on('attributes', ({ changed }) => console.log('changed:', changed.join(', ')));

await provider.changeAttributes({ joinPhases: 'voting', maxPhases: 3 });
console.log('joins are voted on:', provider.attributes.joinPhases);
await services.close();
