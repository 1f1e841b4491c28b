import { connect } from '@group-services/client';

const services = await connect();
const worker = await services.join('shift');

const result = await worker.leave({ phases: 'voting', reason: 'end of the shift' });
// Voted down, it stays; goodbye() is not voted on.
if (result.outcome === 'rejected') await worker.goodbye();
await services.close();
